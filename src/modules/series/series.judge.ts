import type { Context } from '../../api/operation.ts'
import {
  type CalendarPeriod,
  heldOn,
  judgeValue,
  type KpiTargetFrom,
  type Period,
  periodOf,
  periodsBetween,
  targetOver,
} from '../../scoring/index.ts'
import { grainOf } from '../kpis/kpi.definitions.ts'
import { lengths, type PeriodPoint } from '../kpis/kpi.period-points.ts'
import type { SeriesSubject } from './series.queries.ts'
import type { SeriesAsked, SeriesPoint } from './series.schema.ts'

/** What stands beside the value of a period: the one it is compared with, and the average that ends with it. */
type Beside = Pick<SeriesPoint, 'compare' | 'movingAverage'>

/**
 * Judges the values of periods, each against the targets in force on its last day.
 * Targets of a sum are for the whole and for its own frequency or longer; of anything else they hold for members, too. What
 * is added up otherwise than the KPI is has none.
 */
export const judgeOf = (
  ctx: Context,
  { kpi, definitions, targets }: SeriesSubject,
  asked: SeriesAsked,
  grain: Period | null,
  periods: readonly CalendarPeriod[],
): ((at: number, point: PeriodPoint, beside: Beside) => SeriesPoint) => {
  const frequency = grainOf(kpi)
  const aggregation = asked.aggregation ?? kpi.aggregation
  const isAnother = aggregation !== kpi.aggregation
  const isLonger = grain !== null && frequency !== null && lengths[grain] > lengths[frequency]
  const isShorter = grain !== null && frequency !== null && lengths[grain] < lengths[frequency]
  const isOfMembers = asked.groupBy !== undefined || asked.dimensions !== undefined
  const inForce: readonly KpiTargetFrom[] =
    isAnother || (aggregation === 'sum' && (isShorter || isOfMembers)) ? [] : targets
  const parts = isLonger
    ? Map.groupBy(
        periodsBetween(
          periods[0]?.start ?? ctx.today,
          periods.at(-1)?.end ?? ctx.today,
          frequency,
          definitions.calendar,
        ),
        (part) => periodOf(heldOn(part), grain, definitions.calendar).start,
      )
    : new Map<string, CalendarPeriod[]>()
  return (at, { value, reason, points, wholeOn }, { compare, movingAverage }) => {
    const { label, start, end } = periods[at] as CalendarPeriod
    const own = parts.get(start) ?? []
    const { status, score, thresholds } = judgeValue(
      kpi.direction,
      value,
      targetOver(aggregation, inForce, { end }, own),
    )
    return {
      period: label,
      start,
      end,
      value,
      reason,
      complete: wholeOn !== null && wholeOn < ctx.today && points > 0,
      target: thresholds?.target ?? null,
      redLine: thresholds?.redLine ?? null,
      upperTarget: thresholds?.upperTarget ?? null,
      upperRedLine: thresholds?.upperRedLine ?? null,
      status,
      score,
      compare,
      movingAverage,
    }
  }
}
