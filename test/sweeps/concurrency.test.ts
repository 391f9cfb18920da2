import { expect, test } from 'vitest'
import { createWorld } from '../support/app.ts'
import { audit } from '../support/auditor.ts'
import { adminPool } from '../support/census.ts'
import { createGraphOfGoals } from '../support/graph-of-goals.ts'
import { addNode, forgetLocks } from '../support/nodes.ts'
import { rush } from '../support/rush.ts'

/** The long form: CONCURRENCY_SECONDS=600 npx vitest run test/sweeps/concurrency.test.ts */
const seconds = Number(process.env['CONCURRENCY_SECONDS'] ?? 3)
const at = '2026-06-01T10:00:00.000Z'
const today = at.slice(0, 10)
const admin = adminPool()

const deadlocks = async (): Promise<number> =>
  (
    await admin.query<{ deadlocks: number }>(
      'select deadlocks::int from pg_stat_database where datname = current_database()',
    )
  ).rows[0]?.deadlocks ?? 0

const stage = async () => {
  const world = await createWorld({ at })
  const { call, organizationId } = world
  return { world, call, place: { pool: admin, organizationId, today }, doings: await createGraphOfGoals(call) }
}

test('what one write changes is right, one kind after the other', { timeout: 60_000 }, async () => {
  const { call, place, doings } = await stage()
  for (const { name, run } of doings) {
    for (let round = 0; round < 3; round++) {
      const answer = await run(call)
      expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(500)
      const { wrong, circular } = await audit(admin, place.organizationId, today)
      expect(
        { circular, wrong: wrong.slice(0, 1) },
        `${name} → ${answer.status} ${JSON.stringify(answer.body)}`,
      ).toEqual({ circular: false, wrong: [] })
    }
  }
})

test('every snapshot is right while many write at once', { timeout: (seconds + 30) * 1_000 }, async () => {
  const before = await deadlocks()
  const { world, place, doings } = await stage()
  const nodes = [await addNode(world), await addNode(world), await addNode(world)]
  const { answers, failures, snapshots, wrong } = await rush(nodes, doings, place, { seconds })
  const locked = (await deadlocks()) - before
  const done = [...answers].filter(([key]) => /20\d$/.test(key)).reduce((sum, [, count]) => sum + count, 0)
  if (seconds > 10)
    console.log({ snapshots, wrong: wrong.length, failures, locked, done, answers: Object.fromEntries(answers) })
  expect(wrong.slice(0, 1)).toEqual([])
  expect(failures).toEqual([])
  expect(await audit(admin, place.organizationId, today)).toMatchObject({ circular: false, wrong: [] })
  expect(locked).toBe(0)
  expect(done).toBeGreaterThan(10)
  expect(snapshots).toBeGreaterThan(5)
})

test('the same harness catches writers that do not take the graph lock', { timeout: 40_000 }, async () => {
  const { world, place, doings } = await stage()
  const nodes = [await addNode(world, forgetLocks), await addNode(world, forgetLocks)]
  const checkIns = doings.filter(({ name }) => /^(check-in|weight|move)$/.test(name))
  const { wrong } = await rush(nodes, checkIns, place, { seconds: 20, untilWrong: true })
  expect(wrong.length).toBeGreaterThan(0)
})
