import { describe, expect, test } from 'vitest'
import { endpointOf } from '../../src/api/endpoint.ts'
import { type Role, roles, type Scope, scopes } from '../../src/auth/actor.ts'
import { callerOf, createWorld } from '../support/app.ts'
import { createCensus } from '../support/census.ts'
import { operations } from '../support/contract.ts'
import { type Call, callOf, send } from '../support/requests.ts'
import { matrix, type Row } from './access-matrix.ts'

const world = await createWorld({ at: '2026-06-01T10:00:00.000Z' })
const { call, app, as, key } = world
const census = await createCensus(world.organizationId, world.commits)
// Every scope, so that only the role decides.
const callers = new Map<Role, ReturnType<typeof as>>()
for (const role of roles) callers.set(role, as(await key(role, ['admin'])))
/** By scope: an administrator's with every other one. */
const lacking = new Map<Scope, typeof call>()
for (const scope of scopes)
  lacking.set(
    scope,
    as(
      await key(
        'admin',
        scopes.filter((each) => each !== scope && each !== 'admin'),
      ),
    ),
  )

test('every operation has a row, and every row an operation', () => {
  expect(Object.keys(matrix).toSorted()).toEqual(operations.map(({ name }) => name).toSorted())
})

describe.each(operations)('$name', (operation) => {
  const reading = endpointOf(operation).method === 'GET'
  const { may, otherwise, seenBy } = matrix[operation.name] ?? ({ may: [], otherwise: 'forbidden' } as Row)
  let called: Promise<Call> | undefined
  /** The same for all that is refused or undone. */
  const callOnce = () => (called ??= callOf(call, operation))
  const refusalOf = (role: Role) => (seenBy?.includes(role) ? 'forbidden' : otherwise)
  const agrees = async (role: Role, wanted: Call) => {
    const answer = await send(callers.get(role) as typeof call, wanted, reading ? '' : '?validateOnly=true')
    expect([role, may.includes(role) ? answer.status : answer.body.code], JSON.stringify(answer.body)).toEqual([
      role,
      may.includes(role) ? 200 : refusalOf(role),
    ])
  }

  test('by role', async () => {
    const wanted = await callOnce()
    for (const role of roles) await agrees(role, wanted)
    const before = await census()
    for (const role of roles.filter((each) => !may.includes(each)))
      expect((await send(callers.get(role) as typeof call, wanted)).body.code, role).toBe(refusalOf(role))
    expect(await census()).toEqual(before)
  })

  test('without its scope, and without a credential', async () => {
    const wanted = await callOnce()
    const before = await census()
    const anonymous = await app.inject({
      remoteAddress: `10.1.${operations.indexOf(operation) >> 3}.1`,
      method: endpointOf(operation).method,
      url: `/v1${endpointOf(operation).path.replaceAll(/:\w+/g, '01990000-0000-7000-8000-000000000000')}`,
      ...(wanted.body ? { payload: wanted.body as object } : {}),
    })
    expect([anonymous.statusCode, anonymous.json().code, anonymous.headers['www-authenticate']]).toEqual([
      401,
      'unauthenticated',
      'Bearer',
    ])
    if (operation.scope === null) return
    const others = lacking.get(operation.scope) as typeof call
    expect((await send(others, wanted)).body.code).toBe('insufficient_scope')
    expect(await census()).toEqual(before)
  })
})

describe('a credential', () => {
  const create = async (members: object) =>
    (await call('POST', '/v1/api-keys', { name: 'k', role: 'admin', scopes: ['admin'], ...members })).body
  const status = async (apiKey: string) => (await callerOf(app, apiKey)('GET', '/v1/me')).status

  test('works until it is revoked, and then at once no more', async () => {
    const { id, apiKey } = await create({})
    expect(await status(apiKey)).toBe(200)
    expect((await call('DELETE', `/v1/api-keys/${id}`)).status).toBe(204)
    expect(await status(apiKey)).toBe(401)
  })

  test('works until it expires', async () => {
    const { apiKey } = await create({ expiresAt: '2026-06-01T12:00:00+02:00' })
    expect(await status(apiKey)).toBe(401)
    const later = await create({ expiresAt: '2026-06-01T12:00:01+02:00' })
    expect(await status(later.apiKey)).toBe(200)
  })

  test('that expires while it is remembered is refused within 10 seconds', async () => {
    const own = await createWorld({ at: '2026-06-01T10:00:00.000Z' })
    const body = { name: 'k', scopes: ['okr:read'], expiresAt: '2026-06-01T10:00:05.000Z' }
    const { apiKey } = (await own.call('POST', '/v1/api-keys', body)).body
    expect((await own.as(apiKey)('GET', '/v1/me')).status).toBe(200)
    own.clock.now = new Date('2026-06-01T10:00:10.000Z')
    expect((await own.as(apiKey)('GET', '/v1/me')).status).toBe(401)
  })

  test.each(['', 'hw_', 'x', `hw_${'0'.repeat(32)}_${'0'.repeat(32)}_${'a'.repeat(43)}`, 'a.b.c'])(
    'that is malformed or unknown is refused: %s',
    async (text) => expect(await status(text)).toBe(401),
  )

  test('with another secret is refused', async () => {
    const { apiKey } = await create({})
    expect(await status(apiKey.slice(0, -1) + (apiKey.endsWith('A') ? 'B' : 'A'))).toBe(401)
  })

  test('is asked for by GraphQL too', async () => {
    const { statusCode } = await app.inject({ method: 'POST', url: '/graphql', payload: { query: '{ me { id } }' } })
    expect(statusCode).toBe(401)
    const reader = as(await key('viewer', ['okr:read']))
    const { body } = await reader.graphql('{ teams { nodes { id } } objectives { nodes { id } } }')
    expect(body.errors).toMatchObject([{ path: ['teams'], extensions: { code: 'insufficient_scope' } }])
  })

  test('reaches by an edge only what its scopes reach', async () => {
    await send(call, await callOf(call, operations.find(({ name }) => name === 'createObjective') as never))
    const reader = as(await key('viewer', ['okr:read']))
    const { body } = await reader.graphql('{ objectives { nodes { id owner { __typename } } } }')
    expect(body.errors[0].extensions.code).toBe('insufficient_scope')
  })
})
