import { expect, it } from 'vitest'
import { createWorld } from '../support/app.ts'
import { goalsOf } from '../support/goals.ts'

// Thursday 2026-10-01 lies in the week from 28 September, Thursday 2026-12-31 in the one from 28 December.
const world = await createWorld({ at: '2027-02-10T12:00:00Z' })
const { call, clock } = world
const { make, read, cycle, objective, keyResult } = goalsOf(call)

let codes = 0
const weekly = async (given: Record<string, unknown> = {}) =>
  make('kpis', { code: `W${++codes}`, name: 'Orders', frequency: 'week', aggregation: 'sum', ...given })

const record = async (kpiCode: string, values: Record<string, number>) => {
  const items = Object.entries(values).map(([period, value]) => ({ kpiCode, period, value }))
  const { status, body } = await call('POST', '/v1/measurements/batch', { items })
  expect(status, JSON.stringify(body)).toBe(200)
}

const weeks = (from: number, to: number, valueOf: (week: number) => number = () => 10) =>
  Object.fromEntries(
    Array.from({ length: to - from + 1 }, (_, at) => [
      `2026-W${String(from + at).padStart(2, '0')}`,
      valueOf(from + at),
    ]),
  )

const points = async (id: string, query: string): Promise<Record<string, any>[]> =>
  (await read(`kpis/${id}/series?${query}`)).series[0].points
const values = async (id: string, query: string) => (await points(id, query)).map(({ value }) => value)

const autumn = 'from=2026-10-01&to=2026-12-31'

it('every week counts in one month, quarter and year: that of its Thursday', async () => {
  const { id, code } = await weekly()
  await record(code, weeks(40, 53))
  expect(await values(id, `${autumn}&grain=month`)).toEqual([50, 40, 50])
  expect(await values(id, `${autumn}&grain=quarter`)).toEqual([140])
  expect(await values(id, 'from=2026-01-01&to=2027-12-31&grain=year')).toEqual([140, null])
  expect(await values(id, `${autumn}&grain=day`)).toEqual(Array.from({ length: 92 }, () => null))
  expect(await values(id, `${autumn}&grain=month&knownAt=2027-02-11T00:00:00Z`)).toEqual([50, 40, 50])
})

it('targets, completeness and members count the same weeks', async () => {
  const { id, code } = await weekly()
  await make(`kpis/${id}/targets`, { effectiveFrom: '2026-01-01', target: 10 })
  await record(code, weeks(40, 52))
  const [october, november, december] = await points(id, `${autumn}&grain=month`)
  expect(october).toMatchObject({ value: 50, target: 50, status: 'green', complete: true })
  expect(november).toMatchObject({ value: 40, target: 40, status: 'green', complete: true })
  expect(december).toMatchObject({ value: 40, target: 50, status: 'amber', complete: false })
})

it('a month is complete once its last week is over', async () => {
  const { id, code } = await weekly()
  await record(code, weeks(49, 53))
  const isComplete = async (now: string) => {
    clock.now = new Date(now)
    return (await points(id, 'from=2026-12-01&to=2026-12-31&grain=month'))[0]?.['complete']
  }
  expect(await isComplete('2027-01-02T12:00:00Z')).toBe(false)
  expect(await isComplete('2027-01-04T12:00:00Z')).toBe(true)
  clock.now = new Date('2027-02-10T12:00:00Z')
})

it('a weekly KPI measured by days, and formulas over daily ones, are told in whole weeks', async () => {
  const { id, code } = await weekly()
  const daily = await weekly({ frequency: 'day' })
  const computed = await weekly({ formula: `${daily.code} * 2`, aggregation: 'sum' })
  // Monday to Sunday around the turn of the month: the week belongs to October.
  const days = ['2026-09-28', '2026-09-29', '2026-09-30', '2026-10-01', '2026-10-02', '2026-10-03', '2026-10-04']
  const each = Object.fromEntries(days.map((day) => [day, 1]))
  await record(code, each)
  await record(daily.code, each)
  const months = 'from=2026-09-01&to=2026-10-31&grain=month'
  expect(await values(id, months)).toEqual([null, 7])
  expect(await values(computed.id, months)).toEqual([null, 14])
  expect(await values(daily.id, months)).toEqual([3, 4])
  expect(await values(id, 'from=2026-09-01&to=2026-09-30&grain=month')).toEqual([null])
  const parent = await weekly()
  await call('PATCH', `/v1/kpis/${daily.id}`, { parentId: parent.id })
  expect(await values(parent.id, `${months}&of=children`)).toEqual([null, 7])
})

it('a monthly KPI measured by weeks takes each in one month, and a longer point says it all', async () => {
  const { id, code } = await weekly({ frequency: 'month' })
  await record(code, { ...weeks(39, 40), '2026-11': 500, '2026-W45': 3, '2026-W44': 1 })
  // The weeks from 26 October and 2 November have their Thursdays in October and November.
  expect(await values(id, 'from=2026-09-01&to=2026-11-30')).toEqual([10, 11, 500])
  const other = await weekly({ frequency: 'month' })
  // Its Thursday is 1 October, so October says it all, though the week begins before.
  await record(other.code, { '2026-W40': 7, '2026-10': 100 })
  expect(await values(other.id, 'from=2026-09-01&to=2026-10-31')).toEqual([null, 100])
})

it('days that come into a month with their week are left out where the month was measured as a whole', async () => {
  const days = { '2026-06-29': 1, '2026-06-30': 2, '2026-07-01': 4, '2026-07-31': 16, '2026-08-01': 8 }
  const summer = 'from=2026-06-01&to=2026-08-31&grain=month'
  const { id, code } = await weekly({ frequency: 'month' })
  await record(code, { '2026-07': 100, ...days })
  const computed = await weekly({ formula: `${code} * 2` })
  expect(await values(id, summer)).toEqual([3, 100, 8])
  expect(await values(computed.id, summer)).toEqual([null, 200, null])
  await call('PATCH', `/v1/kpis/${id}`, { frequency: 'week' })
  expect(await values(id, summer)).toEqual([null, 100, null])
  const other = await weekly()
  await record(other.code, days)
  expect(await values(other.id, summer)).toEqual([null, 31, null])
})

it('a month measured as a whole says nothing of its weeks where weeks are asked for', async () => {
  const { id, code } = await weekly({ frequency: 'month' })
  await record(code, { '2026-07': 100, '2026-W27': 5, '2026-W28': 6, '2026-W31': 7 })
  expect(await values(id, 'from=2026-06-29&to=2026-08-02&grain=week')).toEqual([5, 6, null, null, 7])
  expect(await values(id, 'from=2026-06-01&to=2026-08-02&grain=week&dense=false')).toEqual([5, 6, 7])
  expect(await values(id, 'from=2026-06-01&to=2026-08-31&grain=month')).toEqual([null, 100, null])
})

it('days within a week of the month before are left out, wherever reading begins', async () => {
  const { id, code } = await weekly({ frequency: 'month' })
  await record(code, { '2026-07-28': 8, '2026-W31': 70, '2026-08-01': 1, '2026-08-02': 2, '2026-08-10': 4 })
  expect(await values(id, 'from=2026-07-01&to=2026-08-31')).toEqual([70, 4])
  expect(await values(id, 'from=2026-08-01&to=2026-08-31')).toEqual([4])
  // A daily KPI may have been measured by weeks while it was another.
  await call('PATCH', `/v1/kpis/${id}`, { frequency: 'day' })
  expect(await values(id, 'from=2026-07-01&to=2026-08-31&grain=month')).toEqual([70, 4])
  expect(await values(id, 'from=2026-08-01&to=2026-08-31&grain=month')).toEqual([4])
  expect(await values(id, 'from=2026-08-01&to=2026-08-02&grain=day')).toEqual([1, 2])
})

it('a monthly KPI is judged by the week that opens a month, recorded or taken back', async () => {
  const { id, code } = await weekly({ frequency: 'month', aggregation: 'last' })
  await record(code, { '2026-W51': 1, '2027-W01': 2 })
  expect(await read(`kpis/${id}`)).toMatchObject({ value: 2, periodStart: '2027-01-01' })
  clock.now = new Date('2026-12-29T12:00:00Z')
  const early = await weekly({ frequency: 'month', aggregation: 'last' })
  await record(early.code, { '2026-W51': 1, '2026-W53': 2 })
  expect(await read(`kpis/${early.id}`)).toMatchObject({ value: 2, periodStart: '2026-12-01' })
  clock.now = new Date('2027-02-10T12:00:00Z')
  const [newest] = (await read(`kpis/${id}/measurements?sort=-periodStart`)).items
  expect((await call('DELETE', `/v1/measurements/${newest.id}`)).status).toBe(204)
  expect(await read(`kpis/${id}`)).toMatchObject({ value: 1, periodStart: '2026-12-01' })
})

it('weeks begin on the organization’s first weekday, also those recorded when it was another', async () => {
  const { id, code } = await weekly()
  await record(code, weeks(40, 41))
  await call('PATCH', '/v1/organization', { weekStart: 7 })
  const shown = await points(id, 'from=2026-09-27&to=2026-10-10')
  expect(shown.map(({ start, value }) => [start, value])).toEqual([
    ['2026-09-27', 10],
    ['2026-10-04', 10],
  ])
  await call('PATCH', '/v1/organization', { weekStart: 1 })
})

it('a key result adds up the weeks of its cycle, whichever day they begin on', async () => {
  const { id, code } = await weekly()
  const autumnal = await cycle({ name: 'Q4', kind: 'quarter', startsOn: '2026-10-01', endsOn: '2026-12-31' })
  const goal = await objective(autumnal.id, 'Sell')
  const { id: keyResultId } = await keyResult(goal.id, {
    source: 'kpi',
    kpiId: id,
    kpiWindow: 'cycle',
    baseline: 0,
    target: 140,
  })
  await record(code, { '2026-W39': 1_000, ...weeks(40, 53), '2027-W01': 1_000 })
  expect(await read(`key-results/${keyResultId}`)).toMatchObject({ value: 140, progress: 1 })
})

it('another calendar judges every KPI at once, with formulas and the key results that follow them', async () => {
  const quarterly = await weekly({ frequency: 'quarter' })
  const computed = await weekly({ frequency: 'quarter', formula: `${quarterly.code} * 2` })
  await make(`kpis/${quarterly.id}/targets`, { effectiveFrom: '2026-01-01', target: 100, redLine: 50 })
  await record(quarterly.code, { '2026-10': 10, '2026-11': 20, '2026-12': 40, '2027-01': 80 })
  const { id: cycleId } = await cycle({ endsOn: '2027-12-31' })
  const follow = { source: 'kpi', kpiId: computed.id, baseline: 0, target: 1_000 }
  const follower = await keyResult((await objective(cycleId, 'Grow')).id, follow)
  const judged = async () => {
    const { judgedValue, status, value } = await read(`kpis/${quarterly.id}`)
    const [twice, goal] = [await read(`kpis/${computed.id}`), await read(`key-results/${follower.id}`)]
    return { judgedValue, status, value, twice: twice.judgedValue, progress: goal.progress }
  }
  expect(await judged()).toEqual({ judgedValue: 70, status: 'amber', value: 80, twice: 140, progress: 0.14 })
  const { body: seen } = await call('PATCH', '/v1/organization', { fiscalYearStartMonth: 2 })
  expect(seen.fiscalYearStartMonth).toBe(2)
  expect(await judged()).toEqual({ judgedValue: 140, status: 'green', value: 140, twice: 280, progress: 0.28 })
  // What nobody changed is not judged anew.
  const { scoredAt } = await read(`kpis/${quarterly.id}`)
  await call('PATCH', '/v1/organization', { name: 'Test again', fiscalYearStartMonth: 2 })
  expect((await read(`kpis/${quarterly.id}`)).scoredAt).toBe(scoredAt)
  await call('PATCH', '/v1/organization', { fiscalYearStartMonth: 1 })
  expect((await judged()).judgedValue).toBe(70)
})
