import { expect, inject, test } from 'vitest'
import { direct } from '../../src/db/direct.ts'
import { createWorld } from '../support/app.ts'

const { call, organizationId } = await createWorld()

const post = async (path: string, body: object) => {
  const answer = await call('POST', `/v1/${path}`, body)
  expect(answer.status, JSON.stringify(answer.body)).toBe(201)
  return answer.body
}
const cycle = await post('cycles', { name: 'Y', kind: 'year', startsOn: '2026-01-01', endsOn: '2026-12-31' })
const objective = await post('objectives', { title: 'O', cycleId: cycle.id })
const metric = { objectiveId: objective.id, title: 'K', kind: 'metric', baseline: 0, target: 100 }
const keyResults = [await post('key-results', metric), await post('key-results', metric)]
const say = (at: number, body: object) => call('POST', `/v1/key-results/${keyResults[at % 2].id}/check-ins`, body)

const count = async (text: string) =>
  direct(inject('adminUrl').replace(/\/[^/]*$/, new URL(inject('ownerUrl')).pathname), async (client) =>
    Number((await client.query(text, [organizationId])).rows[0].count),
  )

test('check-ins that wait for the same are carried out together, each with its answer, event and audit row', async () => {
  const answers = await Promise.all(Array.from({ length: 40 }, (_, at) => say(at, { value: at })))
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 40 }, () => 201))
  expect(answers.map(({ body }) => body.value)).toEqual(Array.from({ length: 40 }, (_, at) => at))
  expect(new Set(answers.map(({ body }) => body.id)).size).toBe(40)

  const points = `select count(distinct recorded_at) from check_ins where tenant_id = $1`
  expect(await count(points)).toBeLessThan(40)
  expect(await count(`select count(*) from events where tenant_id = $1 and type = 'check_in.created'`)).toBe(40)
  expect(
    await count(`select count(*) from audit_log a join check_ins c on c.tenant_id = $1 and a.subject_ids = array[c.id]
      where a.tenant_id = $1 and a.operation = 'createCheckIn'`),
  ).toBe(40)
  const { body } = await call('GET', `/v1/objectives/${objective.id}`)
  const shown = await Promise.all(keyResults.map(({ id }) => call('GET', `/v1/key-results/${id}`)))
  const [first, second] = shown.map((answer) => answer.body.progress)
  expect(body.progress).toBeCloseTo((first + second) / 2, 6)
})

test('the fault of one is nobody else’s', async () => {
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, at) => say(at, at === 7 ? { zone: 'none' } : { value: 50 })),
  )
  const refused = answers.filter(({ status }) => status !== 201)
  expect(refused.map(({ status, body }) => [status, body.code])).toEqual([[422, 'wrong_reading']])
  expect(answers[7]?.status).toBe(422)
})
