import { expect, inject, test } from 'vitest'
import { direct } from '../../src/db/direct.ts'
import { isPeriodFault, parsePeriod } from '../../src/scoring/index.ts'
import { createWorld } from '../support/app.ts'

const { call, organizationId } = await createWorld()

const post = async (path: string, body: object) => {
  const answer = await call('POST', `/v1/${path}`, body)
  expect(answer.status, JSON.stringify(answer.body)).toBe(201)
  return answer.body
}
const year = { name: 'Y', kind: 'year', startsOn: '2026-01-01', endsOn: '2026-12-31' }
const cycle = await post('cycles', year)
const objective = await post('objectives', { title: 'O', cycleId: cycle.id })
const metric = { objectiveId: objective.id, title: 'K', kind: 'metric', baseline: 0, target: 10 }
const keyResult = await post('key-results', metric)
const codeOf = ({ status, body }: { status: number; body: any }) => [
  status,
  body.code ?? body.errors?.[0]?.extensions.code,
]

test('fragments of fragments are counted as they are written out', async () => {
  const fragments = Array.from({ length: 30 }, (_, at) => `fragment A${at} on Me { id ...A${at + 1} ...A${at + 1} }`)
  const query = `{ me { ...A0 } } ${fragments.join(' ')} fragment A30 on Me { id }`
  expect(codeOf(await call.graphql(query))).toEqual([200, 'query_too_complex'])
})

test('the cost of a page counts whoever says its size, and wherever its nodes are asked for', async () => {
  const pages = (first: string) =>
    `objectives(first: ${first}) { nodes { keyResults(first: ${first}) { ...C } } } }
     fragment C on KeyResultConnection { nodes { checkIns(first: ${first}) { nodes { id } } } }`
  expect(codeOf(await call.graphql(`query ($n: Int = 100) { ${pages('$n')}`))).toEqual([200, 'query_too_complex'])
  expect(codeOf(await call.graphql(`{ ${pages('-100')}`))).toEqual([200, 'query_too_complex'])
})

test.each(['%', '{ me { kind } } \\', '{ me(x: "unterminated) }'])(
  'text that is no GraphQL is told so: %s',
  async (text) => {
    expect(codeOf(await call.graphql(text))).toEqual([200, 'malformed_request'])
  },
)

test('a write that waits too long for the goals of others is asked to come again', async () => {
  const said = await post(`key-results/${keyResult.id}/check-ins`, { value: 1 })
  const owner = inject('adminUrl').replace(/\/[^/]*$/, new URL(inject('ownerUrl')).pathname)
  await direct(owner, async (client) => {
    await client.query('begin')
    await client.query('select from goal_graphs where tenant_id = $1 for update', [organizationId])
    const answers = await Promise.all([
      call('POST', `/v1/key-results/${keyResult.id}/check-ins`, { value: 2 }),
      call('DELETE', `/v1/check-ins/${said.id}`),
    ])
    expect(answers.map(codeOf)).toEqual([
      [503, 'unavailable'],
      [503, 'unavailable'],
    ])
    await client.query('rollback')
  })
  expect((await call('GET', `/v1/key-results/${keyResult.id}`)).body.value).toBe(1)
})

test('the goals of a closed cycle stand', async () => {
  const past = await post('cycles', { ...year, name: 'Past', startsOn: '2025-01-01', endsOn: '2025-12-31' })
  const goal = await post('objectives', { title: 'Old', cycleId: past.id })
  const measure = await post('key-results', { ...metric, objectiveId: goal.id })
  expect((await call('POST', `/v1/cycles/${past.id}/close`, {})).status).toBeLessThan(300)
  expect((await call('PATCH', `/v1/key-results/${measure.id}`, { title: 'New' })).status).toBe(409)
  expect((await call('POST', '/v1/key-results', { ...metric, objectiveId: goal.id })).status).toBe(409)
})

test('spans have an end, and bands an order', async () => {
  expect(codeOf(await call('POST', '/v1/cycles', { ...year, endsOn: '9999-12-31' }))).toEqual([422, 'invalid_input'])
  expect(codeOf(await call('PATCH', `/v1/objectives/${objective.id}`, { dueOn: '9999-12-31' }))).toEqual([
    422,
    'invalid_input',
  ])
  const bands = { onTrack: 0.5, atRisk: 0.1 }
  expect(codeOf(await call('PATCH', '/v1/organization', { policy: { bands } }))).toEqual([422, 'invalid_input'])
})

test('days lie in the years that periods lie in, so that what is counted on from them is a day too', async () => {
  const far = { ...year, startsOn: '2195-01-01', endsOn: '2199-12-31' }
  const last = await post('cycles', { ...far, name: 'Last' })
  const goal = await post('objectives', { title: 'Far', cycleId: last.id, dueOn: '2199-12-31' })
  const measure = await post('key-results', {
    ...metric,
    objectiveId: goal.id,
    startsOn: '2199-12-31',
    cadence: 'quarter',
  })
  expect(measure.health.effective).toBe('not_started')
  expect(await call('GET', `/v1/objectives/${goal.id}`)).toMatchObject({
    body: { health: { effective: 'not_started' } },
  })

  for (const [path, body] of [
    ['cycles', { ...far, endsOn: '2200-01-01' }],
    ['cycles', { ...far, startsOn: '9995-01-01', endsOn: '9999-12-31' }],
    ['cycles', { ...far, startsOn: '1799-12-31', endsOn: '1800-12-31' }],
    ['objectives', { title: 'Far', cycleId: last.id, dueOn: '9999-12-31' }],
    ['key-results', { ...metric, objectiveId: goal.id, waypoints: [{ date: '9999-12-31', value: 0.5 }] }],
  ] as const)
    expect([path, ...codeOf(await call('POST', `/v1/${path}`, body))]).toEqual([path, 422, 'invalid_input'])
  // As far as measurements may go, so far may days.
  expect(isPeriodFault(parsePeriod('2199')) || isPeriodFault(parsePeriod('1800'))).toBe(false)
  expect(isPeriodFault(parsePeriod('2200')) && isPeriodFault(parsePeriod('1799'))).toBe(true)
})

test('nobody is both a person and a machine', async () => {
  const person = { userName: 'ann', displayName: 'Ann', roles: ['integration'] }
  expect(codeOf(await call('POST', '/v1/users', person))).toEqual([422, 'invalid_input'])
})

test('a check-in is corrected once in a batch', async () => {
  const said = await post(`key-results/${keyResult.id}/check-ins`, { value: 3 })
  const items = [4, 5].map((value) => ({ id: said.id, value }))
  expect(codeOf(await call('POST', '/v1/check-ins/batch', { items }))).toEqual([409, 'conflict'])
})

test('variables that do not fit their types are told so, whether the query is known or not', async () => {
  for (const n of ['a', 1.5, true]) {
    // The second time it is compiled.
    for (const known of [false, true]) {
      const { body } = await call.graphql('query ($n: Int) { cycles(first: $n) { nodes { id } } }', { n })
      expect(body.errors[0].extensions, `${String(n)} ${known}`).toMatchObject({
        code: 'malformed_request',
        status: 400,
      })
      expect(body.errors[0].message).toContain('$n')
    }
  }
})
