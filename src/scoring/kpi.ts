import { inIdOrder } from './order.ts'
import { clamp01, round6 } from './rounding.ts'

export type KpiStatus = 'no_target' | 'no_data' | 'green' | 'amber' | 'red'
/** The thresholds in force for a value. For a range `target` and `redLine` are the lower side. */
export type KpiThresholds = {
  direction: 'up' | 'down' | 'range'
  target?: number | null
  redLine?: number | null
  upperTarget?: number | null
  upperRedLine?: number | null
}

type Side = { target: number | null; redLine: number | null; sign: 1 | -1 }

const sidesOf = ({ direction, target, redLine, upperTarget, upperRedLine }: KpiThresholds): Side[] => {
  const lower: Side = { target: target ?? null, redLine: redLine ?? null, sign: direction === 'down' ? -1 : 1 }
  if (direction !== 'range') return [lower]
  return [lower, { target: upperTarget ?? null, redLine: upperRedLine ?? null, sign: -1 }]
}

type Member = 'target' | 'redLine' | 'upperTarget' | 'upperRedLine'
/** What is wrong with thresholds; `isOrder` where two of them stand the wrong way round. */
export type ThresholdFault = { member: Member; message: string; isOrder: boolean }

/** A red line lies strictly on the bad side of its target, a range runs upwards, and only a range has an upper side. */
export const thresholdFault = (thresholds: KpiThresholds): ThresholdFault | null => {
  const { direction, target, upperTarget, upperRedLine } = thresholds
  const isRange = direction === 'range'
  if (!isRange && upperTarget != null)
    return { member: 'upperTarget', message: 'only a range has an upper side', isOrder: false }
  if (!isRange && upperRedLine != null)
    return { member: 'upperRedLine', message: 'only a range has an upper side', isOrder: false }
  const sides = sidesOf(thresholds)
  if (sides.every((side) => side.target === null && side.redLine === null))
    return { member: 'target', message: 'say a target', isOrder: false }
  for (const [at, { target: good, redLine: bad, sign }] of sides.entries()) {
    const member = at === 0 ? 'redLine' : 'upperRedLine'
    if (bad !== null && good === null) return { member, message: 'a red line needs a target', isOrder: false }
    if (bad !== null && good !== null && (good - bad) * sign <= 0)
      return { member, message: `a red line lies ${sign === 1 ? 'below' : 'above'} its target`, isOrder: true }
  }
  if (isRange && target != null && upperTarget != null && upperTarget < target)
    return { member: 'upperTarget', message: 'a range runs upwards', isOrder: true }
  return null
}

/** Status of a KPI's value against the thresholds in force: the first row of the table that holds (section 7). */
export const kpiStatus = (value: number | null, thresholds: KpiThresholds): KpiStatus => {
  const sides = sidesOf(thresholds)
  if (sides.every((side) => side.target === null)) return 'no_target'
  if (value === null) return 'no_data'
  if (sides.every(({ target, sign }) => target === null || (value - target) * sign >= 0)) return 'green'
  return sides.some(({ redLine, sign }) => redLine !== null && (value - redLine) * sign <= 0) ? 'red' : 'amber'
}

/**
 * Score 0..1 of a KPI's value: a third on the red line, two thirds on the target (section 7). Null without a value or
 * without both lines; for a range the smaller of both sides, null unless both have both lines.
 */
export const kpiScore = (value: number | null, thresholds: KpiThresholds): number | null => {
  if (value === null) return null
  let smallest = 1
  for (const { target, redLine } of sidesOf(thresholds)) {
    if (target === null || redLine === null) return null
    smallest = Math.min(smallest, clamp01(1 / 3 + (value - redLine) / (target - redLine) / 3))
  }
  return round6(smallest)
}

/**
 * Weighted mean of the scores of a scorecard's KPIs, nulls left out, with the share of the weight that has a score
 * (section 7). Both null when nothing counts.
 */
export const scorecardScore = (
  items: readonly { id: string; weight: number; score: number | null }[],
): { score: number | null; coverage: number | null } => {
  let sum = 0
  let scored = 0
  let all = 0
  for (const { weight, score } of inIdOrder(items)) {
    all += weight
    if (score === null) continue
    sum += weight * score
    scored += weight
  }
  return scored === 0
    ? { score: null, coverage: null }
    : { score: round6(sum / scored), coverage: round6(scored / all) }
}
