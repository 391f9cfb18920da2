/** A program of a user: the typed client that openapi-typescript makes of the contract, through the whole loop. */
import createClient from 'openapi-fetch'
import type { components, paths } from './generated/headway.ts'

type Health = components['schemas']['Health']

const [baseUrl = '', apiKey = ''] = process.argv.slice(2)
const client = createClient<paths>({ baseUrl, headers: { authorization: `Bearer ${apiKey}` } })

const got = <T>({ data, error }: { data?: T; error?: unknown }): T => {
  if (data === undefined) throw new Error(JSON.stringify(error))
  return data
}

const cycle = got(
  await client.POST('/v1/cycles', {
    body: { name: 'Q4', kind: 'quarter', startsOn: '2026-10-01', endsOn: '2026-12-31' },
  }),
)
const company = got(await client.POST('/v1/objectives', { body: { title: 'Grow', cycleId: cycle.id } }))
const team = got(await client.POST('/v1/objectives', { body: { title: 'Serve well', cycleId: cycle.id } }))
got(await client.POST('/v1/alignments', { body: { childObjectiveId: team.id, parentObjectiveId: company.id } }))
const keyResult = got(
  await client.POST('/v1/key-results', {
    body: { objectiveId: team.id, title: 'CSAT', kind: 'metric', baseline: 75, target: 90, unit: '%' },
  }),
)
const checkIn = got(
  await client.POST('/v1/key-results/{keyResultId}/check-ins', {
    params: { path: { keyResultId: keyResult.id } },
    body: { value: 84, confidence: 0.7 },
  }),
)
const health: Health = checkIn.keyResult.health
const read = got(await client.GET('/v1/objectives/{id}', { params: { path: { id: company.id } } }))
const { items } = got(await client.GET('/v1/objectives', { params: { query: { cycleId: [cycle.id], limit: 10 } } }))
const refused = await client.POST('/v1/objectives', { body: { title: '', cycleId: cycle.id } })

console.log(
  JSON.stringify({
    checkedIn: checkIn.keyResult.progress,
    cascaded: read.progress,
    listed: items.length,
    health: health.effective,
    refused: refused.error?.code,
  }),
)
