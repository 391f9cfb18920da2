import { expect, test } from 'vitest'
import { step } from '../../src/delivery/step.ts'
import { receiver, senderFor, sendingWorld, until } from '../support/webhooks.ts'

const world = await sendingWorld()
const { call, subscribe, pillar, deliveries, sql, alone, organizationId } = world
const there = await receiver()
const pillars = { eventTypes: ['pillar.created'] }

const count = (path: string, wanted: number) =>
  until(
    () => there.at(path),
    (all) => all.length >= wanted,
  )

test('one endpoint that hangs delays nobody else, and holds no more than two requests', async () => {
  await alone()
  there.reply('/hanging', () => {})
  const paths = [1, 2, 3, 4, 5, 6].map((each) => `/quick${each}`)
  await Promise.all(['/hanging', ...paths].map((path) => subscribe(there.url(path), pillars)))
  const started = new Map<string, number>()
  for (let each = 0; each < 10; each++) {
    const at = performance.now()
    started.set((await pillar()).id, at)
  }
  await Promise.all(paths.map((path) => count(path, 10)))
  const latencies = paths.flatMap((path) =>
    there.at(path).map(({ at, data }) => at - (started.get(data.data.subject.id) as number)),
  )
  expect(latencies).toHaveLength(60)
  // Far below the 15 seconds a request may hang; under 1 s where nothing else runs (bench/webhooks.ts).
  expect(Math.max(...latencies)).toBeLessThan(5_000)
  expect(there.at('/hanging')).toHaveLength(2)
  there.hangUp()
})

test('several nodes send each event once', async () => {
  await alone()
  const { id } = await subscribe(there.url('/nodes'), pillars)
  for (let each = 0; each < 3; each++) senderFor(organizationId)
  const made = await Promise.all(Array.from({ length: 30 }, () => pillar()))
  await until(
    () => deliveries(id),
    (all) => all.filter(({ status }) => status === 'delivered').length === 30,
  )
  const subjects = there.at('/nodes').map(({ data }) => data.data.subject.id)
  expect(subjects).toHaveLength(30)
  expect(new Set(subjects)).toEqual(new Set(made.map((each) => each.id)))
})

test('a dead node loses its lease: another sends, and what the dead one says later is not heard', async () => {
  await alone()
  const { id } = await subscribe(there.url('/lease'), pillars)
  const take = () => step(world.options, organizationId, { ended: [], isFresh: false, room: 10 })
  const made = await call('POST', `/v1/webhook-endpoints/${id}/test`)
  expect(made.status).toBe(201)
  await until(
    () => deliveries(id),
    ([one]) => one?.status === 'delivered',
  )
  const [sent] = await deliveries(id)
  // One statement, so that none of this world's senders comes between: the second try is a node's that died.
  await sql(
    `update webhook_deliveries set status = 'pending', next_attempt_at = now(), attempts = '[]', attempt = 2,
       leased_until = now() + interval '30 s' where id = $1`,
    sent.id,
  )
  // It is leased: nobody else takes it, until the time is up.
  expect((await take()).leased).toEqual([])
  await sql(`update webhook_deliveries set leased_until = now() where id = $1`, sent.id)
  world.sender.wake(organizationId)
  await until(
    () => deliveries(id),
    ([one]) => one?.status === 'delivered',
  )
  const late = { id: sent.id, attempt: 2, outcome: 'failed', wait: 0, record: null } as const
  await step(world.options, organizationId, { ended: [late], isFresh: false, room: 0 })
  expect(await deliveries(id)).toMatchObject([{ status: 'delivered', attempts: [{ number: 3, status: 204 }] }])
})
