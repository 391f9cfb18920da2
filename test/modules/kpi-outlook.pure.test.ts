import { describe, expect, test } from 'vitest'
import { anomalies } from '../../src/modules/kpi-outlook/anomalies.ts'
import { correlate } from '../../src/modules/kpi-outlook/correlation.ts'
import { forecast } from '../../src/modules/kpi-outlook/forecast.ts'
import { withoutGaps } from '../../src/modules/kpi-outlook/history.ts'

/** Repeatable noise between -1 and 1. */
const noise = (at: number): number => ((at * 7_919) % 201) / 100 - 1
const series = (length: number, value: (at: number) => number): number[] =>
  Array.from({ length }, (_each, at) => value(at))
const season = (at: number): number => 20 * Math.sin((at / 12) * 2 * Math.PI)

describe('forecast', () => {
  test('goes on with the trend, inside an interval that widens', () => {
    const { method, seasonLength, points } = forecast(
      series(24, (at) => 100 + 2 * at + noise(at)),
      'month',
      6,
      0.8,
    )
    expect({ method, seasonLength }).toEqual({ method: 'auto_ets', seasonLength: null })
    for (const [at, { value, lower, upper }] of points.entries()) {
      expect(Math.abs(value - (148 + 2 * at))).toBeLessThan(3)
      expect(lower).toBeLessThan(value)
      expect(upper).toBeGreaterThan(value)
    }
    const width = ({ lower, upper }: { lower: number; upper: number }) => upper - lower
    expect(width(points[5]!)).toBeGreaterThanOrEqual(width(points[0]!))
  })

  test('repeats a season that three years show, and believes none in noise', () => {
    const found = forecast(
      series(48, (at) => 100 + season(at) + noise(at)),
      'month',
      12,
      0.8,
    )
    expect(found).toMatchObject({ method: 'mstl_auto_ets', seasonLength: 12 })
    for (const [at, { value }] of found.points.entries()) expect(Math.abs(value - 100 - season(at))).toBeLessThan(4)
    expect(
      forecast(
        series(48, (at) => 100 + 10 * noise(at)),
        'month',
        3,
        0.8,
      ).seasonLength,
    ).toBeNull()
    expect(
      forecast(
        series(30, (at) => 100 + season(at)),
        'month',
        3,
        0.8,
      ).seasonLength,
    ).toBeNull()
  })

  test.each<[string, (number | null)[]]>([
    ['zeros', series(12, () => 0)],
    ['always the same', series(12, () => 5)],
    ['negative', series(12, (at) => -50 + noise(at))],
    ['large', series(12, (at) => 1e15 - at * 1e12)],
    ['with gaps', series(20, (at) => at).map((value, at) => (at % 4 === 2 ? null : value))],
    ['long', series(2_000, (at) => noise(at))],
  ])('%s: finite, ordered, and the same twice', (_name, history) => {
    const [one, two] = [forecast(history, 'week', 12, 0.95), forecast(history, 'week', 12, 0.95)]
    expect(one).toEqual(two)
    for (const { value, lower, upper } of one.points) {
      expect([value, lower, upper].every(Number.isFinite)).toBe(true)
      expect(lower).toBeLessThanOrEqual(value)
      expect(value).toBeLessThanOrEqual(upper)
    }
  })

  test('needs ten measured periods', () => {
    const nine = [...series(9, (at) => at), null, null]
    expect(() => forecast(nine, 'month', 3, 0.8)).toThrow('Needs 10 complete periods with a value; there are 9')
    expect(() => forecast([], 'month', 3, 0.8)).toThrow('there are 0')
  })

  test('gaps are filled by straight lines', () => {
    expect(withoutGaps([1, null, null, 4, null, 0])).toEqual([1, 2, 3, 4, 2, 0])
  })
})

describe('anomalies', () => {
  const places = (history: (number | null)[], grain = 'month') => anomalies(history, grain).items.map(({ at }) => at)

  test.each<[string, number[]]>([
    ['a level', series(24, (at) => 100 + noise(at))],
    ['a trend', series(24, (at) => 100 + 5 * at + noise(at))],
  ])('%s: what does not fit is found, its neighbours are not', (_name, history) => {
    expect(places(history)).toEqual([])
    for (const at of [0, 1, 11, 22, 23]) {
      const odd = history.with(at, history[at]! + 30)
      expect(places(odd)).toEqual([at])
    }
  })

  test('exact series: no rounding noise is unusual, a step aside is', () => {
    expect(places(series(30, (at) => 0.1 * at))).toEqual([])
    expect(places(series(30, () => 7).with(13, 9))).toEqual([13])
    expect(places(series(30, () => 0))).toEqual([])
  })

  test('a season is no anomaly, missing it is', () => {
    const years = series(60, (at) => 100 + season(at) + noise(at))
    expect(anomalies(years, 'month')).toMatchObject({ method: 'seasonal_local_theil_sen_mad', items: [] })
    const [item] = anomalies(years.with(57, 118), 'month').items
    expect(item).toMatchObject({ at: 57, value: 118 })
    expect(item!.expected).toBeLessThan(90)
    expect(item!.upper).toBeLessThan(118)
    expect(item!.score).toBeGreaterThan(3.5)
  })

  test('places are those of the history given, gaps and all', () => {
    const history = [null, null, ...series(14, (at) => noise(at)), null, 50, null]
    expect(places(history)).toEqual([17])
    expect(() => anomalies(history.slice(0, 13), 'month')).toThrow('Needs 12 complete periods with a value')
  })
})

describe('correlation', () => {
  const one = series(12, (at) => at)
  test.each([
    ['together', one, one.map((value) => 3 * value - 4), 0, 1, null, 12],
    ['against', one, one.map((value) => -value), 0, -1, null, 12],
    ['later', one, series(12, (at) => (at + 1) ** 2), 1, 0.97397, null, 11],
    ['constant', one, one.map(() => 0.1), 0, null, 'constant', 12],
    ['short', one.slice(0, 5), one, 0, null, 'not_enough_history', 5],
    ['gaps', one, one.map((value) => (value < 7 ? null : value)), 0, null, 'not_enough_history', 5],
  ] as const)('%s', (_name, kpi, driver, lag, correlation, reason, pairs) => {
    const found = correlate(kpi, driver, lag)
    expect(found).toMatchObject({ reason, pairs })
    if (correlation === null) expect(found.correlation).toBeNull()
    else expect(found.correlation).toBeCloseTo(correlation, 2)
  })
})
