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

test('days that are made up set nothing back that was judged later', async () => {
  clock.now = new Date('2026-08-30T12:00:00.000Z')
  // Its periods end every week, and of the objective everything that follows a KPI is scored with it.
  const goal = await objective((await cycle()).id, 'Keep')
  const kept = { kind: 'threshold', mode: 'adherence', period: 'week', min: 1, baseline: undefined, target: undefined }
  await keyResult(goal.id, kept)
  await kpi('PAID', { aggregation: 'sum' })
  await kpi('CALLS', { aggregation: 'sum', frequency: 'week' })
  await kpi('WEEKLY', { frequency: 'week', formula: 'coalesce(CALLS, 0)' })
  const paid = await kpi('PAIDBEFORE', { formula: 'prev(PAID, 1) + 0 * coalesce(WEEKLY, 0)' })
  const following = await keyResult(goal.id, { source: 'kpi', kpiId: paid.id })
  await record('PAID', { '2026-06': 10, '2026-07': 20 })
  await record('CALLS', { '2026-W34': 3 })
  await midnight('2026-08-30')
  await make('alert-rules', { name: 'Low', kind: 'kpi_threshold', kpiId: paid.id, below: 30 })
  const raised = async () => (await read('alerts')).items.map((alert: any) => [alert.raisedAt, alert.resolvedAt])
  const valuesSince = async (instant: string) =>
    (await read(`key-results/${following.id}/history?from=${instant}`)).items.map(({ attainment }: any) => attainment)

  // Monday and the first of the month are made up after the value of the third.
  clock.now = new Date('2026-09-03T00:03:00.000Z')
  await record('PAID', { '2026-08': 40 })
  expect((await read(`kpis/${paid.id}`)).value).toBe(40)
  expect((await read(`key-results/${following.id}`)).value).toBe(40)
  const before = await raised()
  await midnight('2026-09-03')
  await inStep(paid.id, ['2026-09-01', 40])
  expect(await valuesSince('2026-09-01T00:00:00.000Z')).toEqual([0.4])
  expect(await raised()).toEqual(before)
  expect((await read(`key-results/${following.id}`)).value).toBe(40)
})
