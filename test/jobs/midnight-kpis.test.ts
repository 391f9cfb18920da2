import { pino } from 'pino'
import { expect, test } from 'vitest'
import { runMidnight } from '../../src/jobs/midnight.ts'
import { createWorld } from '../support/app.ts'
import { createCensus } from '../support/census.ts'
import { goalsOf } from '../support/goals.ts'

const world = await createWorld({ at: '2026-06-30T12:00:00.000Z' })
const { call, clock, organizationId } = world
const { make, read, cycle, objective, keyResult } = goalsOf(call)
const log = pino({ level: 'silent' }) as never
const midnight = async (day: string) => {
  clock.now = new Date(`${day}T00:10:00.000Z`)
  await runMidnight({ pool: world.pool, clock: () => clock.now, log, organizationIds: [organizationId] })
}
const kpi = (code: string, given: object = {}) => make('kpis', { code, name: code, ...given })
const record = async (code: string, values: Record<string, number>) => {
  const items = Object.entries(values).map(([period, value]) => ({ kpiCode: code, period, value }))
  expect((await call('POST', '/v1/measurements/batch', { items })).status).toBe(200)
}
/** What is stored beside what the newest period with a value is in the series. */
const storedAndTold = async (id: string) => {
  const { value, periodStart } = await read(`kpis/${id}`)
  const { series } = await read(`kpis/${id}/series`)
  const told = series[0].points.findLast((point: { value: number | null }) => point.value !== null)
  return { stored: [periodStart, value], told: told && [told.start, told.value] }
}
const inStep = async (id: string, expected: [string, number]) =>
  expect(await storedAndTold(id)).toEqual({ stored: expected, told: expected })

test('a period that begins or ends moves the KPIs it is known of, what reads them and what follows, and no others', async () => {
  const sold = await kpi('SOLD', { aggregation: 'sum' })
  const before = await kpi('BEFORE', { formula: 'prev(SOLD, 1)' })
  const twice = await kpi('TWICE', { formula: 'BEFORE * 2' })
  const filled = await kpi('FILLED', { formula: 'coalesce(SOLD, 0)' })
  const plain = await kpi('PLAIN', { formula: 'SOLD * 1' })
  // Thursday of its week is 2 July.
  const visits = await kpi('VISITS', { aggregation: 'sum' })
  await kpi('STEPS', { frequency: 'day' })
  const yesterday = await kpi('YESTERDAY', { frequency: 'day', formula: 'prev(STEPS, 1)' })
  await record('SOLD', { '2026-04': 10, '2026-05': 20, '2026-06': 40 })
  await record('VISITS', { '2026-W27': 7 })
  await record('STEPS', { '2026-06-29': 29, '2026-06-30': 30 })
  const goal = await objective((await cycle()).id, 'Grow')
  const following = await keyResult(goal.id, { source: 'kpi', kpiId: twice.id })
  await midnight('2026-06-30')
  await inStep(before.id, ['2026-06-01', 20])
  await inStep(filled.id, ['2026-06-01', 40])
  expect((await read(`kpis/${visits.id}`)).value).toBe(null)
  expect((await read(`kpis/${sold.id}`)).trend).toBe(null)
  expect((await read(`key-results/${following.id}`)).value).toBe(40)
  const { scoredAt } = await read(`kpis/${plain.id}`)
  await inStep(yesterday.id, ['2026-06-30', 29])

  await midnight('2026-07-01')
  await inStep(before.id, ['2026-07-01', 40])
  await inStep(twice.id, ['2026-07-01', 80])
  await inStep(filled.id, ['2026-07-01', 0])
  await inStep(visits.id, ['2026-07-01', 7])
  await inStep(plain.id, ['2026-06-01', 40])
  expect((await read(`kpis/${sold.id}`)).trend).toEqual({ slope: 15, periods: 3 })
  expect((await read(`key-results/${following.id}`)).value).toBe(80)
  expect((await read(`kpis/${plain.id}`)).scoredAt).toBe(scoredAt)
  await inStep(yesterday.id, ['2026-07-01', 30])

  const census = await createCensus(organizationId)
  const done = await census()
  await midnight('2026-07-01')
  expect(await census()).toEqual(done)
})
