import type { Computed } from './formula-value.ts'
import type { KpiAggregation } from './kpi-score.ts'

const largest = 1e15
const nothing: Computed = { value: null, reason: null }

/** What was added up of one period: null sums where nothing was. */
export type Sums = { value: number | null; numerator: number | null; denominator: number | null; points: number }

/** A quotient; null with its reason where there is nothing to divide by, or the result is beyond ±10¹⁵ (section 7). */
export const quotient = (numerator: number, denominator: number): Computed => {
  if (denominator === 0) return { value: null, reason: 'division_by_zero' }
  const value = numerator / denominator
  return Math.abs(value) <= largest ? { value, reason: null } : { value: null, reason: 'out_of_range' }
}

/**
 * The value of a period from what was added up of its points: a ratio is Σ numerator ÷ Σ denominator, never a mean of
 * ratios (section 7). A period without points is null, not 0; points that all divided by zero say so.
 */
export const periodValue = (aggregation: KpiAggregation, { value, numerator, denominator, points }: Sums): Computed => {
  if (points === 0) return nothing
  if (aggregation === 'ratio') {
    if (numerator === null || denominator === null) return nothing
    return quotient(numerator, denominator)
  }
  if (value === null) return { value: null, reason: 'division_by_zero' }
  return Math.abs(value) <= largest ? { value, reason: null } : { value: null, reason: 'out_of_range' }
}
