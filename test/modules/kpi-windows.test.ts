import { expect, test } from 'vitest'
import { createWorld } from '../support/app.ts'
import { goalsOf } from '../support/goals.ts'

// Whatever days are asked for, a period has the value it has: every point of a random window is that of the widest one.
const world = await createWorld({ at: '2026-11-11T12:00:00Z' })
const { call } = world
const { make, read } = goalsOf(call)

/** Numbers that look random and are the same every time (mulberry32). */
const randomOf = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
}
const random = randomOf(7)
const below = (count: number): number => Math.floor(random() * count)
const oneOf = <T>(all: readonly T[]): T => all[below(all.length)] as T
const dayFrom = (start: string, days: number): string =>
  new Date(Date.parse(start) + days * 86_400_000).toISOString().slice(0, 10)

const two = (number: number): string => String(number).padStart(2, '0')
const periods = {
  day: () => dayFrom('2025-01-01', below(670)),
  week: () => `${oneOf([2025, 2026])}-W${two(1 + below(44))}`,
  month: () => `${oneOf([2025, 2026])}-${two(1 + below(10))}`,
  quarter: () => oneOf(['2025-Q1', '2025-Q2', '2025-Q3', '2025-Q4', '2026-Q1', '2026-Q2', '2026-Q3']),
  year: () => oneOf(['2024', '2025', '2026']),
}
type Grain = keyof typeof periods
const grains = Object.keys(periods) as Grain[]

/** A KPI with points of its own frequency and of shorter periods, as they come. */
const measured = async (code: string, given: Record<string, unknown>, counts: Partial<Record<Grain, number>>) => {
  const { id } = await make('kpis', { code, name: code, ...given })
  const items = Object.entries(counts).flatMap(([grain, count]) => {
    const labels = new Set(Array.from({ length: count }, () => periods[grain as Grain]()))
    return [...labels].map((period) => ({
      kpiCode: code,
      period,
      ...(given['aggregation'] === 'ratio' ? { numerator: below(50), denominator: below(5) } : { value: below(50) }),
    }))
  })
  const { status, body } = await call('POST', '/v1/measurements/batch', { items })
  expect(status, JSON.stringify(body)).toBe(200)
  await make(`kpis/${id}/targets`, { effectiveFrom: '2025-03-01', target: 30, redLine: 10 })
  return id as string
}
const computed = async (code: string, formula: string, frequency: string, aggregation = 'last') =>
  (await make('kpis', { code, name: code, formula, frequency, aggregation })).id as string

/** Measured one way, and another way from then on. */
const turned = async (id: string, members: Record<string, unknown>) => {
  const { status, body } = await call('PATCH', `/v1/kpis/${id}`, members)
  expect(status, JSON.stringify(body)).toBe(200)
  return id
}

const kpis: Record<string, string> = {
  toWeeks: await turned(
    await measured('TOWEEKS', { frequency: 'month', aggregation: 'sum' }, { month: 6, week: 30, day: 200 }),
    { frequency: 'week' },
  ),
  toDays: await turned(
    await measured(
      'TODAYS',
      { frequency: 'year', aggregation: 'sum' },
      { year: 1, quarter: 2, month: 6, week: 30, day: 200 },
    ),
    { frequency: 'day' },
  ),
  toYears: await turned(await measured('TOYEARS', { frequency: 'week', aggregation: 'sum' }, { week: 40, day: 200 }), {
    frequency: 'year',
  }),

  yearly: await measured(
    'YEARLY',
    { frequency: 'year', aggregation: 'sum' },
    { year: 2, quarter: 3, month: 9, day: 40 },
  ),
  quarterly: await measured(
    'QUARTERLY',
    { frequency: 'quarter', aggregation: 'average' },
    { quarter: 3, month: 8, week: 20 },
  ),
  monthly: await measured('MONTHLY', { frequency: 'month', aggregation: 'sum' }, { month: 8, week: 30, day: 90 }),
  whole: await measured('WHOLE', { frequency: 'month', aggregation: 'last' }, { month: 15 }),
  weekly: await measured('WEEKLY', { frequency: 'week', aggregation: 'sum' }, { week: 50, day: 120 }),
  ratio: await measured('RATIO', { frequency: 'week', aggregation: 'ratio' }, { week: 50 }),
  daily: await measured('DAILY', { frequency: 'day', aggregation: 'max' }, { day: 250 }),
}
Object.assign(kpis, {
  overTurned: await computed('OVERTURNED', 'TOWEEKS + TOYEARS * 2', 'week'),
  overWeeks: await computed('OVERWEEKS', 'WEEKLY * 2', 'month', 'sum'),
  overMonths: await computed('OVERMONTHS', 'coalesce(MONTHLY, 1) - prev(WHOLE, 2)', 'month'),
  overAll: await computed('OVERALL', 'YEARLY + OVERWEEKS + prev(DAILY, 3)', 'quarter'),
  inDays: await computed('INDAYS', 'coalesce(WEEKLY, 0) + DAILY', 'day'),
})

const pointsOf = async (id: string, from: string, to: string, rest: string): Promise<Record<string, unknown>[]> =>
  (await read(`kpis/${id}/series?from=${from}&to=${to}&${rest}`)).series[0]?.points ?? []

test.each(Object.keys(kpis))('every point of %s is the same in any window', async (name) => {
  const id = kpis[name] as string
  for (const grain of grains) {
    const aggregation = grain === 'day' ? '' : oneOf(['', '', 'sum', 'average', 'last', 'max'])
    const rest = `grain=${grain}${aggregation && `&aggregation=${aggregation}`}`
    const widest = new Map(
      (await pointsOf(id, '2024-01-01', '2027-12-31', rest)).map((point) => [point['start'], point]),
    )
    for (let time = 0; time < 5; time++) {
      const from = dayFrom('2024-10-01', below(700))
      const to = dayFrom(from, below(oneOf([3, 40, 200])))
      const points = await pointsOf(id, from, to, rest)
      expect({ asked: `${rest} ${from} ${to}`, points }).toEqual({
        asked: `${rest} ${from} ${to}`,
        points: points.map(({ start }) => widest.get(start)),
      })
    }
  }
})

const record = async (kpiCode: string, labels: readonly string[]) => {
  const items = labels.map((period) => ({ kpiCode, period, value: 1 }))
  expect((await call('POST', '/v1/measurements/batch', { items })).status).toBe(200)
}
const isComplete = async (id: string, rest: string, now: string) => {
  world.clock.now = new Date(now)
  return (await pointsOf(id, '2026-10-01', '2026-10-31', rest))[0]?.['complete']
}
const october = (days: number) => Array.from({ length: days }, (_, at) => dayFrom('2026-10-01', at))

test('what a formula makes is complete with the last week of what it reads, and once all of that was measured', async () => {
  await make('kpis', { code: 'ORDERS', name: 'Orders', frequency: 'week', aggregation: 'sum' })
  await make('kpis', { code: 'CALLS', name: 'Calls', frequency: 'day', aggregation: 'sum' })
  await make('kpis', { code: 'NEVER', name: 'Never', frequency: 'month', aggregation: 'sum' })
  const doubled = await computed('DOUBLED', 'ORDERS * 2', 'month', 'sum')
  const both = await computed('BOTH', 'CALLS + DOUBLED', 'month', 'sum')
  const filled = await computed('FILLED', 'CALLS + coalesce(NEVER, 0)', 'month', 'sum')
  const unknown = await computed('UNKNOWN', 'CALLS + NEVER', 'month', 'sum')
  world.clock.now = new Date('2026-11-01T12:00:00Z')
  await record('ORDERS', ['2026-W40', '2026-W41', '2026-W42', '2026-W43', '2026-W44'])
  await record('CALLS', october(30))
  // The week of 26 October ends on the first of November.
  expect(await isComplete(doubled, 'grain=month', '2026-11-01T12:00:00Z')).toBe(false)
  expect(await isComplete(doubled, 'grain=month', '2026-11-02T12:00:00Z')).toBe(true)
  // Thirty days are more than one month, and not all of its days.
  expect(await isComplete(both, 'grain=month', '2026-11-02T12:00:00Z')).toBe(false)
  expect(await isComplete(filled, 'grain=month', '2026-11-02T12:00:00Z')).toBe(false)
  await record('CALLS', october(31))
  expect(await isComplete(both, 'grain=month', '2026-11-02T12:00:00Z')).toBe(true)
  expect(await isComplete(both, 'grain=quarter', '2027-02-02T12:00:00Z')).toBe(false)
  expect(await isComplete(filled, 'grain=month', '2026-11-02T12:00:00Z')).toBe(true)
  expect(await isComplete(unknown, 'grain=month', '2026-11-02T12:00:00Z')).toBe(false)
})

test('what looks back is complete with what it read, and not before its own period is over', async () => {
  await make('kpis', { code: 'VISITS', name: 'Visits', frequency: 'day', aggregation: 'sum' })
  const before = await computed('BEFORE', 'prev(VISITS, 1)', 'month', 'sum')
  const growth = await computed('GROWTH', '(VISITS - prev(VISITS, 1)) / prev(VISITS, 1)', 'month')
  world.clock.now = new Date('2026-11-01T12:00:00Z')
  // One day of August, all of September and half of October.
  await record('VISITS', [
    '2026-08-01',
    ...Array.from({ length: 30 }, (_, at) => dayFrom('2026-09-01', at)),
    ...october(15),
  ])
  const completeOn = async (id: string, now: string) => {
    world.clock.now = new Date(now)
    return (await pointsOf(id, '2026-08-01', '2026-11-30', 'grain=month')).map(({ complete }) => complete)
  }
  expect(await completeOn(before, '2026-10-31T12:00:00Z')).toEqual([false, false, false, false])
  expect(await completeOn(before, '2026-11-01T12:00:00Z')).toEqual([false, false, true, false])
  expect(await completeOn(growth, '2026-11-01T12:00:00Z')).toEqual([false, false, false, false])
  await record('VISITS', october(31))
  expect(await completeOn(growth, '2026-11-01T12:00:00Z')).toEqual([false, false, true, false])
  await record(
    'VISITS',
    Array.from({ length: 31 }, (_, at) => dayFrom('2026-08-01', at)),
  )
  expect(await completeOn(growth, '2026-11-01T12:00:00Z')).toEqual([false, true, true, false])
})

test('a total of children waits for each that was measured before, whatever is asked for', async () => {
  world.clock.now = new Date('2026-11-02T12:00:00Z')
  const parent = await make('kpis', { code: 'TOTAL', name: 'Total', aggregation: 'sum', rollup: 'sum' })
  const child = async (code: string, given: Record<string, unknown> = {}) =>
    (await make('kpis', { code, name: code, aggregation: 'sum', rollup: 'sum', parentId: parent.id, ...given })).id
  const north = await child('NORTH')
  const south = await child('SOUTH')
  await child('EMPTY')
  await child('WEEKS', { frequency: 'week' })
  await record('NORTH', ['2026-08', '2026-09', '2026-10'])
  await record('SOUTH', ['2026-09'])
  // The week of 28 September belongs to October.
  await record('WEEKS', ['2026-W40', '2026-W41', '2026-W42', '2026-W43', '2026-W44'])
  const completeOf = async (from: string, rest = '') =>
    (await pointsOf(parent.id, from, '2026-10-31', `of=children${rest}`)).map(({ complete }) => complete)
  expect(await completeOf('2026-08-01')).toEqual([true, true, false])
  expect(await completeOf('2026-10-01')).toEqual([false])
  expect(await completeOf('2026-10-01', '&dimensions=region:x')).toEqual([false])

  const filled = await computed('FILLEDUP', 'NORTH + coalesce(SOUTH, 0)', 'month', 'sum')
  // Whoever writes coalesce says what a missing value is.
  expect((await pointsOf(filled, '2026-10-01', '2026-10-31', ''))[0]).toMatchObject({ value: 1, complete: true })

  // In one region both are measured, in the other the south was never.
  const of = (id: string, region: string, period: string) =>
    make(`kpis/${id}/measurements`, { period, value: 1, dimensions: { region } })
  await of(north, 'a', '2026-10')
  await of(north, 'b', '2026-10')
  await of(south, 'b', '2026-09')
  const { series } = await read(`kpis/${parent.id}/series?of=children&groupBy=region&from=2026-10-01&to=2026-10-31`)
  expect(series.map(({ dimensions, points }: any) => [dimensions.region, points[0].complete])).toEqual([
    ['a', true],
    ['b', false],
  ])

  const then = '2026-11-02T13:00:00Z'
  world.clock.now = new Date('2026-11-02T14:00:00Z')
  for (const { id } of (await read(`measurements?kpiId=${south}`)).items) await call('DELETE', `/v1/measurements/${id}`)
  expect(await completeOf('2026-08-01')).toEqual([true, true, true])
  expect(await completeOf('2026-10-01', `&knownAt=${then}`)).toEqual([false])
  await record('SOUTH', ['2026-08'])
  expect(await completeOf('2026-08-01')).toEqual([true, false, false])
  await turned(south, { state: 'retired' })
  expect(await completeOf('2026-08-01')).toEqual([true, true, true])
})
