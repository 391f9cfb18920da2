import { addPeriods, dayNumber, dayOf } from './calendar.ts'
import { type KpiStatus, type KpiThresholds, kpiScore, kpiStatus } from './kpi.ts'
import { type KpiTrend, trendOf } from './kpi-trend.ts'
import type { Day, Period } from './types.ts'

/** How the points of a series make the value of a period. */
export type KpiAggregation = 'sum' | 'average' | 'last' | 'min' | 'max' | 'ratio'

/** The value of one period. `reason` says why it is null though it was measured. `day` is the day it was true on. */
export type KpiPoint = {
  start: Day
  end: Day
  value: number | null
  reason: 'division_by_zero' | 'out_of_range' | null
  day: Day
}

/** Thresholds in force from a day on, until the next ones. */
export type KpiTargetFrom = Omit<KpiThresholds, 'direction'> & { effectiveFrom: Day }

export type KpiInput = {
  direction: KpiThresholds['direction']
  aggregation: KpiAggregation
  /** Null for `irregular`: its points are expected on no particular day. */
  frequency: Period | null
  /** Ascending by start. Only periods that have begun. */
  points: readonly KpiPoint[]
  targets: readonly KpiTargetFrom[]
}

/** What is judged from a day on, if nothing is written; the first segment of a timeline has `from: null`. */
export type KpiSegment = {
  from: Day | null
  start: Day | null
  end: Day | null
  value: number | null
  status: KpiStatus
  score: number | null
}

/** What is stored for a KPI. */
export type KpiScore = {
  latest: KpiPoint | null
  trend: KpiTrend | null
  staleFrom: Day | null
  timeline: readonly KpiSegment[]
  scoredOn: Day
}

/** The thresholds in force on a period's last day: the past keeps its targets. */
export const targetOn = (targets: readonly KpiTargetFrom[], day: Day): KpiTargetFrom | null => {
  let found: KpiTargetFrom | null = null
  for (const target of targets)
    if (target.effectiveFrom <= day && (found === null || target.effectiveFrom > found.effectiveFrom)) found = target
  return found
}

export type Judgement = { status: KpiStatus; score: number | null; thresholds: KpiTargetFrom | null }

/** Status and score of one period's value against the thresholds in force on its last day (section 7). */
export const judgePeriod = (
  { direction, targets }: Pick<KpiInput, 'direction' | 'targets'>,
  value: number | null,
  end: Day,
): Judgement => {
  return judgeValue(direction, value, targetOn(targets, end))
}

/** The same against thresholds already found. */
export const judgeValue = (
  direction: KpiThresholds['direction'],
  value: number | null,
  thresholds: KpiTargetFrom | null,
): Judgement => {
  const given = { ...thresholds, direction }
  return { status: kpiStatus(value, given), score: kpiScore(value, given), thresholds }
}

const judgesWholePeriods = (aggregation: KpiAggregation): boolean =>
  aggregation === 'sum' || aggregation === 'average' || aggregation === 'ratio'

/**
 * Judges a KPI as of a day (section 7): the last complete period's value for `sum`, `average` and `ratio`, the latest for
 * `last`, `min` and `max`. What a running period will be judged as once it is over is part of the timeline. A KPI is
 * stale when twice its frequency has passed since the last day of its newest period.
 */
export const scoreKpi = (input: KpiInput, today: Day): KpiScore => {
  const { aggregation, frequency, points } = input
  const latest = points.at(-1) ?? null
  const segment = (point: KpiPoint | null, from: Day | null): KpiSegment => ({
    from,
    start: point?.start ?? null,
    end: point?.end ?? null,
    value: point?.value ?? null,
    ...statusOf(input, point, today),
  })
  const whole = judgesWholePeriods(aggregation)
  const judged = whole ? (points.findLast(({ end }) => end < today) ?? null) : latest
  const later = whole ? points.filter(({ end }) => end >= today) : []
  return {
    latest,
    trend: trendOf(points.filter(({ end }) => !whole || end < today)),
    staleFrom:
      latest === null || frequency === null ? null : dayOf(addPeriods(dayNumber(latest.end), frequency, 2) + 1),
    timeline: [segment(judged, null), ...later.map((point) => segment(point, dayOf(dayNumber(point.end) + 1)))],
    scoredOn: today,
  }
}

/** Without any value the thresholds asked are those of today. */
const statusOf = (input: KpiInput, point: KpiPoint | null, today: Day) => {
  const { status, score } = judgePeriod(input, point?.value ?? null, point?.end ?? today)
  return { status, score }
}

/** What is judged on a day, from a stored timeline; the day must not lie before the score's `scoredOn`. */
export const kpiSegmentOn = (timeline: readonly KpiSegment[], day: Day): KpiSegment => {
  const found = timeline.findLast(({ from }) => from === null || from <= day)
  if (found === undefined) throw new Error('a timeline has at least one segment')
  return found
}
