import type { Pool } from 'pg'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { retire } from '../../src/jobs/retention.ts'
import { startKeeper } from '../../src/journal/keeper.ts'
import { createWorld } from '../support/app.ts'

const day = 24 * 3_600_000
const started = Date.now()

const world = async () => {
  const made = await createWorld({ at: new Date(started).toISOString() })
  const { call, pool, clock, organizationId } = made
  const options = {
    pool,
    clock: () => clock.now,
    log: pino({ level: 'silent' }) as never,
    signal: new AbortController().signal,
  }
  const sequenced = async () => {
    const keeper = startKeeper({ pool, log: pino({ level: 'silent' }) })
    keeper.wake(organizationId)
    await keeper.stop()
  }
  return {
    ...made,
    sequenced,
    after: (days: number) => {
      clock.now = new Date(started + days * day)
    },
    retire: (given = pool) => retire({ ...options, pool: given }, organizationId),
    pillar: (headers = {}) => call('POST', '/v1/pillars', { title: 'P' }, headers),
    feed: (after: number) => call('GET', `/v1/events?after=${after}`),
  }
}

test('events go after their days, oldest first and in batches; a reader behind what is left is told', async () => {
  const { call, after, retire: run, pillar, feed, sequenced } = await world()
  const { body } = await call('PATCH', '/v1/organization', { retention: { events: 7 } })
  expect(body.retention).toEqual({ events: 7, deliveries: 30, audit: null, feedback: null, reviews: null })
  const old = { items: Array.from({ length: 1_000 }, (_each, at) => ({ title: `P${at}` })) }
  expect((await call('POST', '/v1/pillars/batch', old)).status).toBe(200)
  await sequenced()
  after(3)
  const young = (await pillar()).body
  await sequenced()
  const { seq } = (await call('GET', `/v1/events?subject=${young.id}`)).body.items[0]
  expect((await run())['events']).toBe(0)
  after(8)
  expect(await run()).toMatchObject({ events: seq - 1 })
  const { items, nextCursor } = (await feed(0)).body
  expect(items.map(({ subject }: any) => subject.id)).toEqual([young.id])
  const expired = await feed(1)
  expect([expired.status, expired.body.code]).toEqual([410, 'cursor_expired'])
  expect((await feed(items[0].seq - 1)).status).toBe(200)
  // All of it may go: who has read to the end is none the worse.
  after(20)
  expect((await run())['events']).toBe(1)
  expect((await feed(Number(nextCursor))).body.items).toEqual([])
  expect((await feed(items[0].seq - 1)).body.code).toBe('cursor_expired')
})

test('what has not become deliveries yet stays', async () => {
  const { call, after, retire: run, pillar, feed, sequenced } = await world()
  await call('POST', '/v1/webhook-endpoints', { url: 'https://example.com', eventTypes: ['*'] })
  await pillar()
  await sequenced()
  after(1_000)
  expect((await run())['events']).toBe(0)
  expect((await feed(0)).body.items.length).toBeGreaterThan(0)
})

test('answers kept for retries go after a day, deliveries after their days', async () => {
  const { call, after, retire: run, pillar } = await world()
  const key = { 'idempotency-key': 'again' }
  const { id } = (await call('POST', '/v1/webhook-endpoints', { url: 'https://example.com', eventTypes: ['*'] })).body
  await call('POST', `/v1/webhook-endpoints/${id}/test`)
  const one = (await pillar(key)).body
  after(0.99)
  expect(await run()).toMatchObject({ idempotency_keys: 0, webhook_deliveries: 0 })
  expect((await pillar(key)).body.id).toBe(one.id)
  after(1.01)
  expect(await run()).toMatchObject({ idempotency_keys: 1 })
  expect((await pillar(key)).body.id).not.toBe(one.id)
  after(29)
  expect(await run()).toMatchObject({ webhook_deliveries: 0 })
  after(31)
  expect(await run()).toMatchObject({ webhook_deliveries: 1 })
})

test('the audit log is kept for ever, unless decided; never less than a year', async () => {
  const { call, after, retire: run } = await world()
  after(10_000)
  expect(await run()).not.toHaveProperty('audit_log')
  const { status, body } = await call('PATCH', '/v1/organization', { retention: { audit: 365 } })
  expect([status, body.code]).toEqual([422, 'invalid_input'])
})

/** A pool in which statements of one name fail, as by the limit of time. */
const failing = (pool: Pool, name: string): Pool => {
  const refuse = (config: { name?: string }) => (config.name === name ? { text: 'select 1 / 0' } : config)
  const connect = async () => {
    const client = await pool.connect()
    return {
      query: (config: never, values: never) => client.query(refuse(config) as never, values),
      release: (error?: boolean) => client.release(error),
    }
  }
  return { connect } as never
}

test('a sweep that fails does not keep the others from theirs', async () => {
  const { pool, after, retire: run, pillar } = await world()
  await pillar({ 'idempotency-key': 'again' })
  after(2)
  const gone = await run(failing(pool, 'retire_idempotency_keys'))
  expect(gone).not.toHaveProperty('idempotency_keys')
  expect(gone).toMatchObject({ webhook_deliveries: 0, events: 0, export_chunks: 0, export_jobs: 0 })
  expect(await run(failing(pool, 'retire_export_chunks'))).toMatchObject({ idempotency_keys: 1, export_jobs: 0 })
})
