import { sampleCorrelation, sampleStandardDeviation } from 'simple-statistics'
import { round6 } from '../../scoring/index.ts'
import type { History } from './history.ts'

/** Fewer pairs would correlate by chance. */
export const pairsNeeded = 6

export type Correlation = {
  /** Pearson's, -1..1, to 6 decimals; null with its reason. */
  correlation: number | null
  reason: 'not_enough_history' | 'constant' | null
  /** Periods in which both have a value. */
  pairs: number
}

/**
 * How far two KPIs move together over the periods both have: `driver` is read `lag` periods before `kpi`. The histories
 * name the same periods. A correlation is no cause, and two trends always correlate.
 */
export const correlate = (kpi: History, driver: History, lag: number): Correlation => {
  const pairs = kpi.flatMap((value, at) => {
    const before = driver[at - lag] ?? null
    return value === null || before === null ? [] : [[value, before] as const]
  })
  const none = { correlation: null, pairs: pairs.length }
  if (pairs.length < pairsNeeded) return { ...none, reason: 'not_enough_history' }
  const [ones, others] = [pairs.map(([value]) => value), pairs.map(([, before]) => before)]
  // What never moves has no correlation with anything; binary noise is no movement.
  if ([ones, others].some(isConstant)) return { ...none, reason: 'constant' }
  return { correlation: round6(sampleCorrelation(ones, others)), reason: null, pairs: pairs.length }
}

const isConstant = (values: readonly number[]): boolean =>
  sampleStandardDeviation([...values]) <= Math.max(...values.map(Math.abs)) * 1e-12
