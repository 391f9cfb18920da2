import pg from 'pg'
import { afterEach, beforeAll, expect, inject, onTestFinished, test, vi } from 'vitest'
import { buildApp } from '../../src/app.ts'
import { connectPool } from '../../src/db/pool.ts'
import { callerOf, createWorld } from '../support/app.ts'
import { goalsOf } from '../support/goals.ts'

// More goals than one statement reads: every objective has a key result that was measured and one that was not, and
// counts in the objective before it in a tree of three levels.
const count = 800
const childrenEach = 30
const parentOf = (at: number): number => Math.floor((at - 1) / childrenEach)
const valueOf = (at: number): number => (at * 7) % 101

const world = await createWorld({ at: '2026-06-01T10:00:00Z' })
const { call } = world
const { act, cycle, read } = goalsOf(call)
const batch = async (path: string, items: object[]): Promise<string[]> =>
  (await act(`${path}/batch`, { items })).items.map(({ id }: { id: string }) => id)

let cycleId: string
let objectives: string[]

/** Progress as one goes through the tree by hand: unmeasured key results count as zero, or not at all. */
const expectedOf = (missing: 'zero' | 'exclude'): number[] => {
  const sums = Array.from({ length: count }, (_, at) => ({ sum: valueOf(at) / 100, items: missing === 'zero' ? 2 : 1 }))
  const progress: number[] = []
  for (let at = count - 1; at >= 0; at--) {
    const own = sums[at] as (typeof sums)[number]
    const share = own.sum / own.items
    progress[at] = share
    const parent = at > 0 ? sums[parentOf(at)] : undefined
    if (parent) Object.assign(parent, { sum: parent.sum + share, items: parent.items + 1 })
  }
  return progress
}

const storedProgress = async (): Promise<number[]> => {
  const found = new Map<string, number>()
  let after: string | null = null
  do {
    const page = await read(`objectives?limit=100&fields=id,progress${after ? `&cursor=${after}` : ''}`)
    for (const { id, progress } of page.items) found.set(id, progress)
    after = page.nextCursor
  } while (after)
  return objectives.map((id) => found.get(id) as number)
}

const requireProgress = async (missing: 'zero' | 'exclude') => {
  const expected = expectedOf(missing)
  for (const [at, progress] of (await storedProgress()).entries())
    expect(progress, `objective ${at}`).toBeCloseTo(expected[at] as number, 5)
}

beforeAll(async () => {
  cycleId = (await cycle()).id
  const all = Array.from({ length: count }, (_, at) => at)
  objectives = await batch(
    'objectives',
    all.map((at) => ({ cycleId, title: `Objective ${at}` })),
  )
  await batch(
    'alignments',
    all.slice(1).map((at) => ({ childObjectiveId: objectives[at], parentObjectiveId: objectives[parentOf(at)] })),
  )
  const measure = { kind: 'metric', baseline: 0, target: 100 }
  const keyResultsOf = (title: string) =>
    batch(
      'key-results',
      objectives.map((objectiveId) => ({ ...measure, objectiveId, title })),
    )
  const measured = await keyResultsOf('Measured')
  await keyResultsOf('Not measured')
  await batch(
    'check-ins',
    measured.map((keyResultId, at) => ({ keyResultId, value: valueOf(at) })),
  )
})

afterEach(() => vi.restoreAllMocks())

/** The statements one change sends, through connections of its own. */
const statementsOf = async (
  path: string,
  change?: object,
  method: 'PATCH' | 'POST' = 'PATCH',
): Promise<{ name?: string; values: string[][] }[]> => {
  const pool = connectPool({ url: inject('appUrl') })
  const app = await buildApp({ pool, clock: () => world.clock.now })
  onTestFinished(async () => {
    await app.close()
    await pool.end()
  })
  const sent = vi.spyOn(pg.Client.prototype, 'query')
  expect((await callerOf(app, world.apiKey)(method, `/v1/${path}`, change)).status).toBe(200)
  return sent.mock.calls.map(([config]) => config as never)
}

test('another policy reaches all of them, and no statement reads or writes more than 2,000', async () => {
  await requireProgress('zero')
  const timers = vi.spyOn(globalThis, 'setTimeout')
  const statements = await statementsOf('organization', { policy: { missing: 'exclude' } })
  const reads = statements.filter(({ name }) => name === 'goals_read')
  const goalsIn = reads.map(({ values }) => (values[1]?.length ?? 0) + (values[2]?.length ?? 0))
  expect(goalsIn.reduce((sum, goals) => sum + goals, 0)).toBe(3 * count)
  expect(Math.max(...goalsIn)).toBeLessThanOrEqual(2_000)
  // It may take longer than other requests.
  expect(timers.mock.calls.map(([, milliseconds]) => milliseconds)).toContain(120_000)
  await requireProgress('exclude')
})

test('a cycle that gets another name reads none of its goals', async () => {
  const names = (await statementsOf(`cycles/${cycleId}`, { name: 'Another' })).map(({ name }) => name)
  expect(names).toContain('goal_graphs_lock')
  expect(names).not.toContain('goals_read')
})

test('work for goals of two slices counts once in each', async () => {
  const [first, last] = [objectives[0], objectives[count - 1]]
  const measuredByWork = { title: 'Work', kind: 'metric', source: 'initiatives', weight: 0 }
  const [one, other] = await batch(
    'key-results',
    [first, last].map((objectiveId) => ({ ...measuredByWork, objectiveId })),
  )
  const initiative = { title: 'Both', keyResultIds: [one, other], progress: 0.5, weight: 1 }
  expect((await call('POST', '/v1/initiatives', { ...initiative, objectiveId: first })).status).toBe(201)
  const progressOf = async (id: string | undefined): Promise<number> => (await read(`objectives/${id}`)).progress
  const before = await progressOf(first)
  expect((await call('PATCH', '/v1/organization', { policy: { bands: { onTrack: 0.2, atRisk: 0.4 } } })).status).toBe(
    200,
  )
  for (const id of [one, other]) expect((await read(`key-results/${id}`)).progress).toBe(0.5)
  expect(await progressOf(first)).toBe(before)
})

test('a dry run leaves all of them as they were', async () => {
  const before = await storedProgress()
  const answer = await call('PATCH', '/v1/organization?validateOnly=true', { policy: { missing: null } })
  expect(answer.status).toBe(200)
  expect(await storedProgress()).toEqual(before)
})

test('their cycle is closed with all of them, and keeps how each number came about', async () => {
  const statements = await statementsOf(`cycles/${cycleId}/close`, undefined, 'POST')
  const kept = statements.flatMap(({ name, values }) => (name === 'frozen_explanations_keep' ? [values] : []))
  expect(kept.every(([, hashes]) => (hashes?.length ?? 0) <= 2_000)).toBe(true)
  const hashes = new Set(kept.flatMap(([, some]) => some ?? []))
  expect(hashes.size).toBeGreaterThan(2_000)
  for (const at of [0, 1, count - 1]) {
    const { state, progress } = await read(`objectives/${objectives[at]}`)
    const frozen = await read(`objectives/${objectives[at]}/explanation`)
    expect([state, hashes.has(frozen.sha256), frozen.progress]).toEqual(['closed', true, progress])
  }
  const { body } = await call('GET', '/v1/key-results?state=active&limit=1')
  expect(body.items).toEqual([])
})
