export { keyResultProgressAsStarted, progressAsStarted, type StartedItem } from './as-started.ts'
export { defaultZones } from './assessment.ts'
export { addPeriods, dayNumber, dayOf, defaultCalendar, nextPeriodStart, periodStarts } from './calendar.ts'
export { type CarriedFrom, type CarriedOver, type CarryOverMode, carryOver } from './carry-over.ts'
export { type CascadeInput, cascade, type GraphScores, ScoringCycle, scoreGraph } from './cascade.ts'
export { type GraphColumns, type ScoreColumns, scoreColumns } from './columns.ts'
export {
  type ExplainedExclusion,
  type ExplainedItem,
  type Explanation,
  explainKeyResult,
  explainObjective,
  type Formula,
  type Hidden,
  hideItems,
} from './explain.ts'
export { formulaLimits, type KpiFormula, parseFormula } from './formula.ts'
export type { FormulaFault } from './formula-tokens.ts'
export { unitFault } from './formula-units.ts'
export { type Computed, evaluateFormula, type ValueReason } from './formula-value.ts'
export { deepestAlignment, type Edge, hasCycle, levelsAbove, levelsBelow, wouldCycle } from './graph.ts'
export { scoreInitiative } from './initiative.ts'
export { scoreKeyResult } from './key-result.ts'
export { type KpiStatus, type KpiThresholds, kpiScore, kpiStatus, scorecardScore, thresholdFault } from './kpi.ts'
export { rollUp } from './kpi-rollup.ts'
export { runningValues } from './kpi-running.ts'
export {
  judgePeriod,
  judgeValue,
  type KpiAggregation,
  type KpiInput,
  type KpiPoint,
  type KpiScore,
  type KpiSegment,
  type KpiTargetFrom,
  kpiSegmentOn,
  scoreKpi,
  targetOn,
} from './kpi-score.ts'
export { targetOver } from './kpi-target.ts'
export { type KpiTrend, periodsOfTrend, trendOf } from './kpi-trend.ts'
export { periodValue, quotient, type Sums } from './kpi-value.ts'
export { scoreObjective } from './objective.ts'
export { expectedOn } from './pace.ts'
export { type CalendarPeriod, heldOn, periodAfter, periodOf, periodsBetween } from './period.ts'
export { firstYear, isPeriodFault, type ParsedPeriod, type PeriodFault, parsePeriod } from './period-text.ts'
export type { ExclusionReason } from './pool.ts'
export {
  goalsAttained,
  meanRating,
  nearestPoint,
  type RatingComponent,
  shareOnScale,
  weightedRating,
} from './review.ts'
export { round2, round6 } from './rounding.ts'
export type * from './types.ts'
export { defaultPolicy } from './types.ts'
export { suggestGrade, verdictOf } from './verdict.ts'
export { scoringVersion } from './version.ts'
export { healthOn } from './view.ts'
