import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createWorld } from '../support/app.ts'
import { goalsOf } from '../support/goals.ts'

// biome-ignore lint/suspicious/noExplicitAny: the file is written by hand in its own short notation
type Case = any
const cases: Record<string, Case[]> = JSON.parse(
  readFileSync(new URL('../scoring/worked-cases.json', import.meta.url), 'utf8'),
)

const world = await createWorld({ at: '2026-02-12T12:00:00.000Z' })
// A machine speaks of values only; what a person would report of health is another matter.
const goals = goalsOf(world.as(await world.key('integration')))
const own = goalsOf(world.call)
const at = (day: string) => (world.clock.now = new Date(`${day}T12:00:00.000Z`))
const dayAfter = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
const noon = (day: string) => ({ effectiveAt: `${day}T12:00:00.000Z` })

const today = '2026-02-12'
const cycleOf = async (given: object): Promise<string> => (await own.cycle({ kind: 'custom', ...given })).id
const quarter = { startsOn: '2026-01-01', endsOn: '2026-03-31' }

/** A key result from the short notation, with its readings. */
const measure = async (objectiveId: string, short: Case, day: string): Promise<string> => {
  const { value = null, steps, periods, totalPeriods: _weeks, type: _type, id: _id, state, ...definition } = short
  const made = await goals.make('key-results', {
    objectiveId,
    title: 'K',
    ...definition,
    ...(steps
      ? { steps: steps.map(({ weight = 1 }: Case, nth: number) => ({ title: `S${nth}`, weight, dueOn: null })) }
      : {}),
  })
  for (const [nth, { done }] of (steps ?? []).entries())
    if (done) await goals.checkIn(made.id, { step: { id: made.steps[nth].id, done } })
  if (value !== null)
    await goals.checkIn(made.id, { ...(typeof value === 'string' ? { zone: value } : { value }), ...noon(day) })
  for (const [week, read] of (periods ?? []).entries())
    if (read !== null) await goals.checkIn(made.id, { value: read, ...noon(dayAfter('2026-01-05', 7 * week + 2)) })
  if (state) await world.call('PATCH', `/v1/key-results/${made.id}`, { state, reason: 'By the case' })
  return made.id
}

test.each(cases['keyResults']!)('key result: $name', async ({ keyResult, policy, expect: expected }) => {
  const { periods, totalPeriods = 13 } = keyResult
  const weeks = { startsOn: '2026-01-05', endsOn: dayAfter('2026-01-05', 7 * totalPeriods - 1) }
  const day = periods ? dayAfter('2026-01-05', 7 * (periods.length - 1) + 3) : today
  at(day)
  const cycleId = await cycleOf({ ...(periods ? weeks : quarter), policy: policy ?? {} })
  const id = await measure((await goals.objective(cycleId, 'O')).id, keyResult, day)
  expect(await goals.read(`key-results/${id}`)).toMatchObject(expected)
})

/** An objective from the short notation with everything below it; `names` tells which case's item each id is. */
const build = async (cycleId: string, short: Case, names: Map<string, string>): Promise<string> => {
  const { id } = await goals.objective(
    cycleId,
    'O',
    short.progressSource ? { progressSource: short.progressSource } : {},
  )
  for (const item of short.items) {
    const { type, relation, weight } = item
    if (type === 'objective') {
      const child = await build(cycleId, item, names)
      await goals.align(child, { parentObjectiveId: id, ...(relation ? { relation } : {}) })
      names.set(child, item.id)
    } else if (type === 'initiative') {
      const { progress } = item
      const made = await goals.make('initiatives', {
        title: 'I',
        objectiveId: id,
        progress,
        ...(weight ? { weight } : {}),
      })
      names.set(made.id, item.id)
    } else names.set(await measure(id, item, today), item.id)
  }
  return id
}

test.each(cases['objectives']!)('objective: $name', async ({ objective, policy, expect: expected }) => {
  at(today)
  const names = new Map<string, string>()
  const id = await build(await cycleOf({ ...quarter, policy: policy ?? {} }), objective, names)
  const { excluded, reason, ...numbers } = expected
  expect(await goals.read(`objectives/${id}`)).toMatchObject({ ...numbers, progressReason: reason })
  const explained = await goals.read(`objectives/${id}/explanation`)
  const left = explained.excluded.map((item: Case) => ({ id: names.get(item.id), reason: item.reason }))
  expect(left.toSorted((one: Case, other: Case) => (one.id < other.id ? -1 : 1))).toEqual(excluded)
})

test.each(cases['pace']!)('pace: $name', async ({ from, to, today: day, waypoints, keyResult, expect: expected }) => {
  at(from)
  const { id: objectiveId } = await goals.objective(await cycleOf({ startsOn: from, endsOn: to }), 'O')
  const { id } = await goals.keyResult(objectiveId, {
    baseline: 0,
    target: 1,
    ...keyResult,
    ...(waypoints ? { waypoints } : {}),
  })
  // Nothing is written in between: the number is a matter of the day.
  at(day)
  expect((await goals.read(`key-results/${id}`)).expectedProgress).toBe(expected)
})

/** A hundred days, so that expected progress is the day; read on the very day, so that nothing is stale. */
const hundred = { startsOn: '2026-01-01', endsOn: '2026-04-11' }
const definitionOf = ({ kind = 'metric', progress, inside, hasData }: Case): Case => {
  const value = hasData === false ? null : progress * 100
  if (kind === 'threshold') return { kind, min: 5, value: inside ? 6 : 4 }
  if (kind === 'ordinal') return { kind, value: 'commit' }
  if (kind === 'milestone') return { kind, steps: [{ weight: 3, done: true }, { weight: 7 }] }
  return { kind, baseline: 0, target: 100, value }
}

test.each(cases['health']!)('health: $expect at $progress, expected $expected', async (given) => {
  const { expected, overdue, started, hasData = true, closed, commitment = 'committed' } = given
  // Without data, whether the first cadence of a week has passed is all that matters.
  const nth = overdue ? 101 : !hasData ? (started === false ? 3 : 10) : Math.round((expected ?? 0.5) * 100)
  const day = dayAfter(hundred.startsOn, nth)
  const readOn = overdue ? hundred.endsOn : day
  at(readOn)
  const { id: objectiveId } = await goals.objective(await cycleOf(hundred), 'O', { commitment })
  const id = await measure(objectiveId, definitionOf(given), readOn)
  if (closed) await goals.act(`objectives/${objectiveId}/close`, {})
  at(day)
  expect((await goals.read(`key-results/${id}`)).health.derived).toBe(given.expect)
})
