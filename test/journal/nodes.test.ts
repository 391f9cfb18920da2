import { afterAll, expect, inject, test } from 'vitest'
import { query } from '../../src/db/statement.ts'
import { openTransaction } from '../../src/db/transaction.ts'
import { createWorld } from '../support/app.ts'
import { client, listener, poller, writer } from '../support/crowd.ts'
import { startNodes } from '../support/node-processes.ts'
import { receiver } from '../support/webhooks.ts'

/** The long form: `FEED_EVENTS=5000 npx vitest run test/journal/nodes.test.ts`. */
const wanted = Number(process.env['FEED_EVENTS'] ?? 600)

const world = await createWorld()
const { pool, organizationId } = world
const there = await receiver()
const nodes = await startNodes(inject('appUrl'), organizationId, 2)
afterAll(nodes.stop)

test(`${wanted} events of slow, failing and ordinary writers on nodes that die: each once and in order`, {
  timeout: 120_000 + wanted * 60,
}, async () => {
  const hook = { url: there.url('/all'), eventTypes: ['team.*'] }
  const made = await fetch(`${nodes.any()}/v1/webhook-endpoints`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(hook),
  })
  expect(made.status).toBe(201)
  const crowd = { pool, organizationId, key: world.apiKey, any: nodes.any }
  let written = 0
  let head = Infinity
  const enough = () => written >= wanted
  const wrote = (count: number) => {
    written += count
  }
  const done = (last: number) => last >= head
  const reading = Promise.all([poller(crowd, done), listener(crowd, done), listener(crowd, done)])
  const writing = Promise.all([
    ...Array.from({ length: 8 }, () => writer(crowd, enough, wrote)),
    ...Array.from({ length: 2 }, () => client(crowd, enough)),
  ])
  await expect.poll(() => written, { timeout: 60_000, interval: 5 }).toBeGreaterThan(wanted / 3)
  await nodes.killAndReplace()
  const committed = (await writing).flat()

  const stamped = async () => {
    const { db, commit } = await openTransaction(pool, organizationId, 'single')
    const rows = await query<{ seq: number | null; id: string; subject: string }>(
      db,
      undefined,
      'select seq, id, subject_id as subject from events where tenant_id = $1 order by seq',
      [organizationId],
    )
    await commit()
    return rows
  }
  await expect.poll(async () => (await stamped()).every(({ seq }) => seq !== null)).toBe(true)
  const truth = await stamped()
  // One more event, by which readers who have come to the end see that they have.
  head = truth.length + 1
  await world.call('POST', '/v1/teams', { name: 'Last' })
  expect(truth.map(({ seq }) => seq)).toEqual(truth.map((_row, at) => at + 1))
  // The organization, its first key and the endpoint come before all others.
  expect(new Set(truth.slice(3).map(({ subject }) => subject))).toEqual(new Set(committed))
  expect(truth.length).toBe(committed.length + 3)
  const inOrder = truth.map(({ seq, id }) => [seq, id])
  const readers = await reading
  for (const places of readers) expect(places.map(({ seq, id }) => [seq, id]).slice(0, truth.length)).toEqual(inOrder)

  // What the dead node had leased is free when its time is up, and taken by whoever looks next.
  const received = () => new Set(there.at('/all').map(({ headers }) => headers['webhook-id']))
  const expected = truth.slice(3).map(({ id }) => id)
  const isFree = async () => {
    const { db, commit } = await openTransaction(pool, organizationId, 'write')
    await query(
      db,
      undefined,
      'update webhook_deliveries set leased_until = now() where tenant_id = $1 and leased_until is not null',
      [organizationId],
    )
    await commit()
    await world.call('POST', '/v1/teams', { name: 'Look' })
  }
  let before = -1
  const missing = async () => {
    const { size } = received()
    if (size === before) await isFree()
    before = size
    return expected.filter((id) => !received().has(id))
  }
  await expect.poll(missing, { timeout: 300_000, interval: 500 }).toEqual([])
})
