import { expect, test } from 'vitest'
import { createWorld } from '../support/app.ts'
import { createCensus } from '../support/census.ts'

const { call, organizationId } = await createWorld()
const census = await createCensus(organizationId)
const created = async () => (await call('POST', '/v1/teams', { name: 'Team' })).body

test('of 20 writers with the same If-Match one wins', async () => {
  const { id } = await created()
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, at) => call('PATCH', `/v1/teams/${id}`, { name: `${at}` }, { 'if-match': '"1"' })),
  )
  expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([
    200,
    ...Array.from({ length: 19 }, () => 412),
  ])
  const winner = answers.find(({ status }) => status === 200)
  expect((await call('GET', `/v1/teams/${id}`)).body).toEqual(winner?.body)
  expect(winner?.headers['etag']).toBe('"2"')
})

test.each([
  ['"1"', 200],
  ['W/"1"', 200],
  ['*', 200],
  ['"2"', 412],
  ['"0"', 412],
  ['1', 412],
  ['"x"', 412],
  ['"99999999999999999999"', 412],
])('If-Match %s answers %d', async (tag, status) => {
  const { id } = await created()
  const answer = await call('PATCH', `/v1/teams/${id}`, { name: 'New' }, { 'if-match': tag })
  expect(answer.status).toBe(status)
  if (status === 412) expect(answer.body.code).toBe('precondition_failed')
})

test('a stale delete is refused', async () => {
  const { id } = await created()
  await call('PATCH', `/v1/teams/${id}`, { name: 'Second' })
  expect((await call('DELETE', `/v1/teams/${id}`, undefined, { 'if-match': '"1"' })).status).toBe(412)
  expect((await call('DELETE', `/v1/teams/${id}`, undefined, { 'if-match': '"2"' })).status).toBe(204)
})

test('a change that changes nothing keeps version and instant', async () => {
  const team = await created()
  const before = await census()
  expect((await call('PATCH', `/v1/teams/${team.id}`, { name: 'Team' })).body).toEqual(team)
  const { audit_log: _log, ...after } = await census()
  expect(before).toMatchObject(after)
})

test('versions move with edits, not with scores', async () => {
  const { body: cycle } = await call('POST', '/v1/cycles', {
    name: 'Y',
    kind: 'year',
    startsOn: '2026-01-01',
    endsOn: '2026-12-31',
  })
  const { body: objective } = await call('POST', '/v1/objectives', { title: 'O', cycleId: cycle.id })
  const { body: keyResult } = await call('POST', '/v1/key-results', {
    objectiveId: objective.id,
    title: 'K',
    kind: 'metric',
    baseline: 0,
    target: 2,
  })
  await call('POST', `/v1/key-results/${keyResult.id}/check-ins`, { value: 1 })
  const { body: after } = await call('GET', `/v1/objectives/${objective.id}`)
  expect(after).toMatchObject({ version: 1, updatedAt: objective.updatedAt, progress: 0.5 })
  expect(after.scoredAt > objective.scoredAt).toBe(true)
})

test('If-None-Match of the current version answers 304 without a body', async () => {
  const { id } = await created()
  const answer = await call('GET', `/v1/teams/${id}`, undefined, { 'if-none-match': '"1"' })
  expect([answer.status, answer.body]).toEqual([304, null])
  await call('PATCH', `/v1/teams/${id}`, { name: 'Newer' })
  expect((await call('GET', `/v1/teams/${id}`, undefined, { 'if-none-match': '"1"' })).status).toBe(200)
})

test('GraphQL takes ifMatch', async () => {
  const { id } = await created()
  const update = (ifMatch: number) =>
    call.graphql(
      'mutation ($id: ID!, $ifMatch: Int) { updateTeam(id: $id, input: { name: "G" }, ifMatch: $ifMatch) { version } }',
      { id, ifMatch },
    )
  expect((await update(7)).body.errors[0].extensions.code).toBe('precondition_failed')
  expect((await update(1)).body.data.updateTeam.version).toBe(2)
})
