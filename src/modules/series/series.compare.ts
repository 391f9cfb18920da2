import type { CalendarPeriod, Period } from '../../scoring/index.ts'
import type { Definitions } from '../kpis/kpi.definitions.ts'
import type { PeriodPoint } from '../kpis/kpi.period-points.ts'
import type { SeriesAsked } from './series.schema.ts'
import { yearBefore } from './series.span.ts'

/** The value a point is compared with: of the period before, or of the same one a year ago. */
export const comparison = (
  { compare }: SeriesAsked,
  { calendar }: Definitions,
  grain: Period | null,
  periods: readonly CalendarPeriod[],
  points: readonly PeriodPoint[],
): ((at: number) => number | null) => {
  if (!compare) return () => null
  if (compare === 'previous_period' || grain === null) return (at) => points[at - 1]?.value ?? null
  const byStart = new Map(periods.map(({ start }, at) => [start, points[at]?.value ?? null]))
  return (at) => byStart.get(yearBefore(periods[at] as CalendarPeriod, grain, calendar).start) ?? null
}

/** The mean of the `over` values up to `at`; null until all of them are there. */
export const averageOf = (points: readonly PeriodPoint[], at: number, over: number): number | null => {
  const values = points.slice(Math.max(0, at - over + 1), at + 1).flatMap(({ value }) => value ?? [])
  return values.length < over ? null : values.reduce((sum, value) => sum + value, 0) / over
}
