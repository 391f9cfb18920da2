import type { Computed } from './formula-value.ts'
import type { KpiAggregation } from './kpi-score.ts'
import { periodValue, type Sums } from './kpi-value.ts'

/** A period as far as it can be added to others. */
export type AddedPeriod = Sums & Computed

/**
 * What periods make together up to each of them, in order: how a key result follows a KPI over its cycle to date
 * (section 2). Means are weighted by the number of points.
 */
export const runningValues = (aggregation: KpiAggregation, periods: readonly AddedPeriod[]): Computed[] => {
  const so: Sums = { value: null, numerator: null, denominator: null, points: 0 }
  return periods.map(({ value, numerator, denominator, points }) => {
    if (value !== null) so.value = so.value === null ? value : combine[aggregation](so.value, value, so.points, points)
    if (numerator !== null) so.numerator = (so.numerator ?? 0) + numerator
    if (denominator !== null) so.denominator = (so.denominator ?? 0) + denominator
    so.points += value === null && numerator === null ? 0 : points
    // What is worked out by a formula has no numerators of its own: its ratios are averaged.
    return periodValue(aggregation === 'ratio' && so.numerator === null ? 'average' : aggregation, so)
  })
}

type Combine = (before: number, value: number, pointsBefore: number, points: number) => number

const mean: Combine = (before, value, pointsBefore, points) =>
  (before * pointsBefore + value * points) / (pointsBefore + points)

const combine: Record<KpiAggregation, Combine> = {
  sum: (before, value) => before + value,
  average: mean,
  ratio: mean,
  last: (_before, value) => value,
  min: (before, value) => Math.min(before, value),
  max: (before, value) => Math.max(before, value),
}
