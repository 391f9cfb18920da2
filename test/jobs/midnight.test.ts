import { pino } from 'pino'
import { expect, test } from 'vitest'
import { midnight, runMidnight } from '../../src/jobs/midnight.ts'
import { createWorld } from '../support/app.ts'
import { createCensus } from '../support/census.ts'
import { goalsOf } from '../support/goals.ts'

const world = async () => {
  const made = await createWorld({ at: '2026-06-01T10:00:00.000Z', timeZone: 'America/New_York' })
  const goals = goalsOf(made.call)
  const cycle = await goals.cycle({ startsOn: '2026-06-01', endsOn: '2026-06-30' })
  const parent = await goals.objective(cycle.id, 'Parent')
  const child = await goals.objective(cycle.id, 'Child')
  await goals.align(child.id, { parentObjectiveId: parent.id })
  const kept = { kind: 'threshold', mode: 'adherence', period: 'day', min: 9, baseline: undefined, target: undefined }
  const keyResult = await goals.keyResult(child.id, kept)
  await goals.checkIn(keyResult.id, { value: 10 })
  const options = {
    pool: made.pool,
    clock: () => made.clock.now,
    log: pino({ level: 'silent' }) as never,
    organizationIds: [made.organizationId],
  }
  const at = (instant: string) => {
    made.clock.now = new Date(instant)
  }
  return { ...made, goals, parent, keyResult, options, at }
}

test('missed days are made up in order: a miss a day, up to the top', async () => {
  const { goals, parent, keyResult, options, at } = await world()
  expect((await goals.read(`objectives/${parent.id}`)).progress).toBe(1)
  await runMidnight(options)
  expect((await goals.read(`objectives/${parent.id}`)).progress).toBe(1)
  at('2026-06-05T12:00:00.000Z')
  await runMidnight(options)
  // One good day of the four that have passed.
  expect(await goals.read(`key-results/${keyResult.id}`)).toMatchObject({ progress: 0.25, scoredOn: '2026-06-05' })
  expect(await goals.read(`objectives/${parent.id}`)).toMatchObject({ progress: 0.25, scoredOn: '2026-06-05' })
  const { items } = await goals.read(`objectives/${parent.id}/history?from=2026-06-02T00:00:00.000Z`)
  expect(items.map(({ progress }: any) => progress)).toEqual([0.5, 0.333333, 0.25])
  expect(items[0].cause.type).toBe('organization')
})

test("the day turns at the organization's midnight, not at ours", async () => {
  const { goals, keyResult, options, at } = await world()
  const scoredOn = async () => (await goals.read(`key-results/${keyResult.id}`)).scoredOn
  at('2026-06-03T03:59:00.000Z')
  await runMidnight(options)
  expect(await scoredOn()).toBe('2026-06-01')
  at('2026-06-03T04:00:00.000Z')
  await runMidnight(options)
  expect(await scoredOn()).toBe('2026-06-03')
})

test('a day is done once, whoever comes again and however many nodes there are', async () => {
  const { organizationId, options, at, goals, parent } = await world()
  const census = await createCensus(organizationId)
  at('2026-06-10T12:00:00.000Z')
  await Promise.all([runMidnight(options), runMidnight(options), runMidnight(options)])
  const done = await census()
  expect(
    (await goals.read(`objectives/${parent.id}/history`)).items.filter(
      ({ cause }: any) => cause.type === 'organization',
    ),
  ).toHaveLength(8)
  await runMidnight(options)
  expect(await census()).toEqual(done)
})

test('what a reading scored first is not taken back to an earlier day', async () => {
  const { goals, keyResult, options, at } = await world()
  await runMidnight(options)
  at('2026-06-04T12:00:00.000Z')
  await goals.checkIn(keyResult.id, { value: 10 })
  await runMidnight(options)
  // Two good days, two missed.
  expect(await goals.read(`key-results/${keyResult.id}`)).toMatchObject({ progress: 0.5, scoredOn: '2026-06-04' })
})

test('as a job it knows what it has done, and ends when told', async () => {
  const { goals, keyResult, options, at, organizationId } = await world()
  at('2026-06-03T12:00:00.000Z')
  const ending = new AbortController()
  const job = midnight()
  // Of this organization only: the job visits all of them.
  const pool = {
    query: async () => ({ rows: [{ id: organizationId }] }),
    connect: () => options.pool.connect(),
  }
  const ctx = { ...options, pool: pool as unknown as typeof options.pool, signal: ending.signal }
  await job.run(ctx)
  expect(await goals.read(`key-results/${keyResult.id}`)).toMatchObject({ progress: 0.5 })
  ending.abort()
  at('2026-06-09T12:00:00.000Z')
  await job.run(ctx)
  expect(await goals.read(`key-results/${keyResult.id}`)).toMatchObject({ progress: 0.5 })
})
