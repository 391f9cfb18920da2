import { type Client, createClient } from 'graphql-ws'
import { afterAll, expect, inject, test } from 'vitest'
import { WebSocket } from 'ws'
import { buildApp } from '../../src/app.ts'
import { connectPool } from '../../src/db/pool.ts'
import type { FeedEvent } from '../../src/journal/event.ts'
import { startKeeper } from '../../src/journal/keeper.ts'
import { sequence } from '../../src/journal/sequence.ts'
import { callerOf, createWorld } from '../support/app.ts'
import { eventsOf, page, take } from '../support/feed.ts'
import { goalsOf } from '../support/goals.ts'

const world = await createWorld({ sequenced: true, limits: { rate: null, waitingPerTenant: 8 } })
const { app, apiKey, call } = world
const url = (await app.listen({ host: '127.0.0.1', port: 0 })) as string

/** Another node on the same database. */
const pool = connectPool({ url: inject('appUrl'), max: 4 })
const keeper = startKeeper({ pool, log: console })
const elsewhere = await buildApp({ pool, journal: keeper, limits: { rate: null } })
const other = callerOf(elsewhere, apiKey)
afterAll(async () => {
  await elsewhere.close()
  await keeper.stop()
  await pool.end()
})

const goals = goalsOf(other)
const { id: cycleId } = await goals.cycle()
const top = await goals.objective(cycleId, 'Top')
const below = await goals.objective(cycleId, 'Below')
await goals.align(below.id, { parentObjectiveId: top.id })
const { id: keyResultId } = await goals.keyResult(below.id)

const stream = (query = '', headers: Record<string, string> = {}) =>
  fetch(`${url}/v1/events/stream${query}`, { headers: { authorization: `Bearer ${apiKey}`, ...headers } })

const socket = (authorization = `Bearer ${apiKey}`): Client =>
  createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    lazyCloseTimeout: 0,
    connectionParams: { authorization },
  })

const members = '{ seq type subject { type id } changes cause { type id } }'
const subscribe = (client: Client, given = '') =>
  client.iterate<{ events: FeedEvent }>({ query: `subscription { events${given} ${members} }` })

test('a check-in on another node reaches a stream and a subscription, with its cascade', async () => {
  const types = ['key_result.progress_changed', 'objective.progress_changed', 'check_in.created']
  const client = socket()
  await sequence(world.pool, world.organizationId)
  const { nextCursor } = await page(call, '?after=latest')
  const subscription = subscribe(client, `(types: ${JSON.stringify(types)}, after: "${nextCursor}")`)
  const response = await stream(`?types=${types.join()}`)
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  const first = subscription.next()
  // It begins behind what there is: only when it has begun is there something for it to tell.
  const opening = eventsOf(response)
  await opening.next()
  await opening.next()
  const said = await goals.checkIn(keyResultId, { value: 40 })
  const streamed: FeedEvent[] = []
  for await (const { data } of opening) {
    if (data) streamed.push(JSON.parse(data))
    if (streamed.length === 4) break
  }
  expect(streamed.map(({ type, subject }) => [type, subject.id])).toEqual([
    ['key_result.progress_changed', keyResultId],
    ['objective.progress_changed', below.id],
    ['objective.progress_changed', top.id],
    ['check_in.created', said.id],
  ])
  expect(streamed.slice(0, 3).map(({ cause }) => cause?.id)).toEqual([said.id, said.id, said.id])

  const told = [(await first).value?.data?.events]
  while (told.length < 4) told.push((await subscription.next()).value?.data?.events)
  expect(told).toEqual(streamed.map(({ id: _id, occurredAt: _at, actorId: _actor, ...event }) => event))
  await client.dispose()
})

test('both go on where they were', async () => {
  const { items } = await page(call, '?after=2&limit=5')
  const streamed = await take(await stream('?after=1', { 'last-event-id': '2' }), 5)
  expect(streamed).toEqual(items)
  const client = socket()
  const subscription = subscribe(client, '(after: "2", subject: ["' + top.id + '"])')
  expect((await subscription.next()).value?.data?.events).toMatchObject({
    subject: { id: top.id },
    type: 'objective.created',
  })
  await client.dispose()
})

test('what cannot begin is a problem', async () => {
  for (const [query, status] of [
    ['?types=nothing.happened', 422],
    ['?after=99999', 400],
    ['?limit=5', 400],
  ] as const)
    expect((await stream(query)).status).toBe(status)
  expect((await stream('', { authorization: 'Bearer nobody' })).status).toBe(401)
  const client = socket()
  for (const [query, code] of [
    ['subscription { events(types: ["nothing.happened"]) { seq } }', 'invalid_input'],
    ['subscription { events(after: "99999") { seq } }', 'invalid_cursor'],
    ['subscription { nothing }', 'malformed_request'],
    ['query { me { kind } }', 'method_not_allowed'],
    [`subscription { events { ${'seq '.repeat(2_001)} } }`, 'query_too_complex'],
  ]) {
    const failed = client.iterate({ query: query as string }).next()
    const errors = await failed.then(
      ({ value }) => value.errors,
      (thrown: unknown) => thrown,
    )
    expect(errors, query).toMatchObject([{ extensions: { code } }])
  }
  await client.dispose()
  await expect(subscribe(socket('Bearer nobody')).next()).rejects.toMatchObject({ code: 4401 })
  const { status, body } = await call.graphql('subscription { events { seq } }')
  expect([status, body.errors[0].extensions.code]).toEqual([405, 'method_not_allowed'])
})

test('a revoked key ends what it opened, everywhere', async () => {
  const { body: key } = await call('POST', '/v1/api-keys', { name: 'Short', role: 'admin', scopes: ['admin'] })
  const authorization = `Bearer ${key.apiKey}`
  const client = socket(authorization)
  const drain = async () => {
    // It may still tell of the key's making first.
    for await (const { errors } of subscribe(client)) expect(errors).toBeUndefined()
  }
  const ended = expect(drain()).rejects.toMatchObject({ code: 4401 })
  const streaming = eventsOf(await stream('', { authorization }))
  await streaming.next()
  await streaming.next()
  await call('DELETE', `/v1/api-keys/${key.id}`)
  const last = []
  for await (const { event, data } of streaming) if (event === 'problem') last.push(JSON.parse(data ?? '').code)
  expect(last).toEqual(['unauthenticated'])
  await ended
})

test('a reader who takes nothing costs nothing, and misses nothing', async () => {
  const { nextCursor } = await page(call, '?after=latest')
  const response = await stream(`?after=${nextCursor}&types=team.created`)
  const items = Array.from({ length: 1_000 }, (_, at) => ({ name: `Team ${at} ${'x'.repeat(100)}` }))
  for (let times = 0; times < 2; times++) await call('POST', '/v1/teams/batch', { items })
  const before = process.memoryUsage().arrayBuffers
  const events = await take(response, 2_000)
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20e6)
  expect(events).toHaveLength(2_000)
  expect(new Set(events.map(({ seq }) => seq)).size).toBe(2_000)
  expect(events.map(({ seq }) => seq)).toEqual(events.map(({ seq }) => seq).toSorted((one, two) => one - two))
})

test('an organization has places for what waits, and gets them back', async () => {
  const open: Response[] = []
  for (let status = 200; status === 200; ) {
    const response = await stream()
    open.push(response)
    ;({ status } = response)
  }
  expect(open.length).toBeLessThanOrEqual(9)
  expect(open.at(-1)?.status).toBe(429)
  await expect(subscribe(socket()).next()).rejects.toMatchObject({ code: 4429 })
  expect((await call('GET', '/v1/me')).status).toBe(200)
  for (const { body } of open) await body?.cancel()
  await expect
    .poll(() => call('GET', '/v1/events?after=latest').then(({ status }) => status), { interval: 20 })
    .toBe(200)
})

test('a service that ends lets everybody go', async () => {
  const response = await stream()
  const client = socket()
  const first = subscribe(client)
    .next()
    .catch((closed: unknown) => closed)
  const { nextCursor } = await page(call, '?after=latest')
  const waiting = call('GET', `/v1/events?after=${nextCursor}&wait=25`)
  await page(call)
  const started = performance.now()
  await app.close()
  expect(performance.now() - started).toBeLessThan(5_000)
  for await (const _event of eventsOf(response));
  expect((await waiting).body.items).toEqual([])
  expect(await first).toMatchObject({ code: 1001 })
})
