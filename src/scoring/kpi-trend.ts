import { round6 } from './rounding.ts'

/** Where a KPI is heading: the slope of its newest values, in its unit a period, and over how many it was taken. */
export type KpiTrend = { slope: number; periods: number }

/** Fewer values are no trend, older ones are another story. */
const fewest = 3
export const periodsOfTrend = 6

/**
 * Least-squares slope through the newest values, one step apart each, periods without a value left out; null with fewer
 * than three of them.
 */
export const trendOf = (points: readonly { value: number | null }[]): KpiTrend | null => {
  const values = points.flatMap(({ value }) => value ?? []).slice(-periodsOfTrend)
  const n = values.length
  if (n < fewest) return null
  const middle = (n - 1) / 2
  let over = 0
  let under = 0
  for (const [at, value] of values.entries()) {
    over += (at - middle) * value
    under += (at - middle) ** 2
  }
  return { slope: round6(over / under), periods: n }
}
