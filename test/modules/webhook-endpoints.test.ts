import { expect, test } from 'vitest'
import { createWorld } from '../support/app.ts'

const world = await createWorld()
const { call, as, key } = world
const url = 'https://example.com/hooks'
const create = (given: object = {}, caller = call, headers = {}) =>
  caller('POST', '/v1/webhook-endpoints', { url, eventTypes: ['*'], ...given }, headers)

test('the secret is shown once: not to a retry, and never again', async () => {
  const idempotency = { 'idempotency-key': 'one' }
  const { status, body } = await create({}, call, idempotency)
  expect([status, body.state, body.disabledReason]).toEqual([201, 'enabled', null])
  expect(body.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
  expect((await create({}, call, idempotency)).body).toEqual({ ...body, secret: null })
  expect(await call('GET', `/v1/webhook-endpoints/${body.id}`)).toMatchObject({ status: 200 })

  const rotate = () =>
    call('POST', `/v1/webhook-endpoints/${body.id}/rotate-secret`, undefined, { 'idempotency-key': 'two' })
  const rotated = await rotate()
  expect(rotated.body).toMatchObject({ id: body.id, version: 2 })
  expect(rotated.body.secret).not.toBe(body.secret)
  expect(Date.parse(rotated.body.previousSecretUntil) - Date.parse(rotated.body.updatedAt)).toBe(24 * 3_600_000)
  expect((await rotate()).body.secret).toBeNull()
  const told = JSON.stringify([
    (await call('GET', `/v1/webhook-endpoints/${body.id}`)).body,
    (await call('GET', '/v1/webhook-endpoints')).body,
    (await call.graphql('{ webhookEndpoints { nodes { id url eventTypes state disabledReason } } }')).body,
  ])
  expect(told).not.toMatch(/whsec_|Something went wrong/)
})

test.each([
  ['http://example.com', /https/],
  ['https://127.0.0.1', /private/],
  ['https://0x7f.1/', /private/],
  ['https://[::ffff:10.0.0.1]/', /private/],
  ['https://localhost/', /private/],
  ['https://user:pw@example.com/', /user name/],
  ['https://example.com:22/', /port 22/],
  ['file:///etc/passwd', /https/],
  ['nonsense', /no URL/],
])('%s is refused', async (target, why) => {
  const { status, body } = await create({ url: target })
  expect([status, body.code, body.errors[0].pointer]).toEqual([422, 'webhook_target_refused', '/url'])
  expect(body.detail).toMatch(why)
  const { id } = (await create()).body
  expect((await call('PATCH', `/v1/webhook-endpoints/${id}`, { url: target })).body.code).toBe('webhook_target_refused')
  await call('DELETE', `/v1/webhook-endpoints/${id}`)
})

test.each([[['objective.exploded']], [['nothing.*']], [['*', 'pillar']], [[]]])(
  'the filter %j is refused',
  async (eventTypes) => {
    expect((await create({ eventTypes })).body).toMatchObject({ status: 422, code: 'invalid_input' })
  },
)

test('an integration keeps its own endpoints, with a scope of their own; an administrator all of them', async () => {
  const one = as(await key('integration', ['webhook:read', 'webhook:write']))
  const other = as(await key('integration', ['webhook:read', 'webhook:write']))
  const { body: mine } = await create({ eventTypes: ['objective.*'] }, one)
  expect((await one('GET', '/v1/webhook-endpoints')).body.items.map(({ id }: any) => id)).toEqual([mine.id])
  expect((await other('GET', '/v1/webhook-endpoints')).body.items).toEqual([])
  for (const [method, path] of [
    ['GET', ''],
    ['DELETE', ''],
    ['POST', '/rotate-secret'],
    ['POST', '/test'],
  ] as const)
    expect((await other(method, `/v1/webhook-endpoints/${mine.id}${path}`)).status, path).toBe(404)

  const { body: delivery } = await one('POST', `/v1/webhook-endpoints/${mine.id}/test`)
  expect(delivery).toMatchObject({ endpointId: mine.id, status: 'pending', eventSeq: null, attempts: [] })
  expect((await one('GET', `/v1/webhook-deliveries/${delivery.id}`)).body).toEqual(delivery)
  expect((await other('GET', `/v1/webhook-deliveries/${delivery.id}`)).status).toBe(404)
  expect((await other('POST', `/v1/webhook-deliveries/${delivery.id}/redeliver`)).status).toBe(404)
  expect((await call('GET', `/v1/webhook-deliveries/${delivery.id}`)).status).toBe(200)

  const outside = as(await key('integration', ['okr:read', 'okr:write']))
  expect((await create({}, outside)).body.code).toBe('insufficient_scope')
  expect((await create({}, as(await key('manager')))).body.code).toBe('forbidden')
})

test('a disabled endpoint says why, and forgets it when enabled', async () => {
  const { id } = (await create()).body
  const path = `/v1/webhook-endpoints/${id}`
  expect((await call('PATCH', path, { state: 'disabled' })).body).toMatchObject({ disabledReason: 'requested' })
  expect((await call('POST', `${path}/test`)).body.code).toBe('invalid_transition')
  expect((await call('PATCH', path, { state: 'enabled' })).body).toMatchObject({
    state: 'enabled',
    disabledReason: null,
  })
})

test('an organization has at most fifty', async () => {
  const alone = await createWorld()
  const made = await Promise.all(Array.from({ length: 50 }, () => create({}, alone.call)))
  expect(made.every(({ status }) => status === 201)).toBe(true)
  expect((await create({}, alone.call)).body.code).toBe('conflict')
})
