import { expect, test } from 'vitest'
import { createWorld } from '../support/app.ts'
import { createCensus } from '../support/census.ts'

const { call, as, key, organizationId } = await createWorld()
const census = await createCensus(organizationId)
let number = 0
const fresh = () => ({ 'idempotency-key': `key ${++number}` })
const named = async (name: string) => (await call('GET', `/v1/teams?q=${name}`)).body.items.length

test('the same key 40 times at once has one effect and one answer', async () => {
  const headers = fresh()
  const answers = await Promise.all(
    Array.from({ length: 40 }, () => call('POST', '/v1/teams', { name: 'Forty' }, headers)),
  )
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]))
  expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1)
  expect(new Set(answers.map((answer) => answer.headers['location'])).size).toBe(1)
  expect(answers.filter((answer) => answer.headers['idempotency-replayed'] === 'true').length).toBe(39)
  expect(await named('Forty')).toBe(1)
})

test('another body under the same key is refused', async () => {
  const headers = fresh()
  expect((await call('POST', '/v1/teams', { name: 'One' }, headers)).status).toBe(201)
  const { status, body } = await call('POST', '/v1/teams', { name: 'Two' }, headers)
  expect([status, body.code]).toEqual([422, 'idempotency_key_reused'])
})

test('another operation under the same key is refused', async () => {
  const headers = fresh()
  const { body: team } = await call('POST', '/v1/teams', { name: 'Gone' }, headers)
  expect((await call('DELETE', `/v1/teams/${team.id}`, undefined, headers)).body.code).toBe('idempotency_key_reused')
})

test('a key belongs to one credential', async () => {
  const headers = fresh()
  const other = as(await key('admin', ['admin']))
  await call('POST', '/v1/teams', { name: 'Twice' }, headers)
  expect((await other('POST', '/v1/teams', { name: 'Twice' }, headers)).headers['idempotency-replayed']).toBeUndefined()
  expect(await named('Twice')).toBe(2)
})

test('a retried delete answers 204 again, and not 404', async () => {
  const { body: team } = await call('POST', '/v1/teams', { name: 'Once' })
  const headers = fresh()
  const remove = () => call('DELETE', `/v1/teams/${team.id}`, undefined, headers)
  expect([(await remove()).status, (await remove()).status]).toEqual([204, 204])
})

test('a dry run uses up no key', async () => {
  const headers = fresh()
  expect((await call('POST', '/v1/teams?validateOnly=true', { name: 'Dry' }, headers)).status).toBe(200)
  expect((await call('POST', '/v1/teams', { name: 'Other' }, headers)).status).toBe(201)
})

test('a failed write uses up no key and stores nothing', async () => {
  const headers = fresh()
  const before = await census()
  const bad = { name: 'Bad', leadId: '01990000-0000-7000-8000-000000000000' }
  expect((await call('POST', '/v1/teams', bad, headers)).body.code).toBe('reference_not_found')
  expect(await census()).toEqual(before)
  expect((await call('POST', '/v1/teams', { name: 'Good' }, headers)).status).toBe(201)
})

test('a key is forgotten after 24 hours', async () => {
  const world = await createWorld({ at: '2026-06-01T00:00:00.000Z' })
  const headers = fresh()
  const create = async () => (await world.call('POST', '/v1/teams', { name: 'Day' }, headers)).body.id
  const first = await create()
  world.clock.now = new Date('2026-06-01T23:59:59.000Z')
  expect(await create()).toBe(first)
  world.clock.now = new Date('2026-06-02T00:00:01.000Z')
  expect(await create()).not.toBe(first)
})

test('a secret is shown once: the retry answers null', async () => {
  const headers = fresh()
  const create = () => call('POST', '/v1/api-keys', { name: 'CI', scopes: ['okr:read'] }, headers)
  const [first, second] = [await create(), await create()]
  expect(first.body.apiKey).toMatch(/^hw_/)
  expect(second.body).toEqual({ ...first.body, apiKey: null })
})

test('GraphQL and REST share keys of the same input', async () => {
  const headers = fresh()
  const { body } = await call.graphql(
    'mutation ($input: CreateTeamInput!, $key: String) { createTeam(input: $input, idempotencyKey: $key) { id } }',
    { input: { name: 'Shared' }, key: headers['idempotency-key'] },
  )
  const rest = await call('POST', '/v1/teams', { name: 'Shared' }, headers)
  expect([rest.status, rest.body.id]).toEqual([201, body.data.createTeam.id])
})

test.each(['', 'x'.repeat(256)])('a key of a wrong length is refused', async (text) => {
  const answer = await call('POST', '/v1/teams', { name: 'Length' }, { 'idempotency-key': text })
  expect([answer.status, answer.body.code]).toEqual([422, 'invalid_input'])
})
