import { inputProblem } from '../../api/problem.ts'
import {
  addPeriods,
  type CalendarPeriod,
  dayNumber,
  dayOf,
  firstYear,
  type Period,
  periodAfter,
  periodOf,
} from '../../scoring/index.ts'
import { type Definitions, grainOf } from '../kpis/kpi.definitions.ts'
import { lengths } from '../kpis/kpi.period-points.ts'
import { mostPeriods } from '../kpis/kpi.values.ts'
import type { SeriesSubject } from './series.queries.ts'
import type { SeriesAsked } from './series.schema.ts'

/** Periods shown where nobody said from when. */
const shownByDefault = 12

/** The days of a series, and the length of its periods; null where they are those of the points themselves. */
export type Span = { from: string; to: string; grain: Period | null }

const earliestDay = `${firstYear}-01-01`

/** What a series is of, asked or by default. 422 for days the wrong way round. */
export const spanOf = ({ definitions, kpi }: SeriesSubject, asked: SeriesAsked, today: string): Span => {
  const { calendar } = definitions
  const grain = asked.grain ?? grainOf(kpi)
  if (grain === null && asked.of === 'children')
    throw inputProblem('invalid_input', '/grain', 'say a grain: children are measured in periods of their own')
  const to = asked.to ?? today
  const first = grain ? periodAfter(periodOf(to, grain, calendar), 1 - shownByDefault, calendar).start : earliestDay
  const from = asked.from ?? (first > earliestDay ? first : earliestDay)
  if (from > to) throw inputProblem('invalid_input', '/from', 'from is after to')
  return { from, to, grain }
}

/** Refused before anything is read. 422 */
export const requireFew = (from: string, to: string, grain: Period): void => {
  if ((dayNumber(to) - dayNumber(from)) / lengths[grain] > mostPeriods)
    throw inputProblem('invalid_input', '/from', `more than ${mostPeriods} periods: ask for fewer, or longer ones`)
}

/** What is read beside what is shown: the periods compared with, and those a moving average begins with. */
export const readFrom = (
  { from, grain }: Span,
  { compare, movingAverage = 1 }: SeriesAsked,
  { calendar }: Definitions,
): string => {
  if (grain === null) return from
  const first = periodOf(from, grain, calendar)
  const earlier = [
    periodAfter(first, 1 - movingAverage, calendar).start,
    ...(compare === 'previous_period' ? [periodAfter(first, -1, calendar).start] : []),
    ...(compare === 'previous_year' ? [yearBefore(first, grain, calendar).start] : []),
  ]
  return earlier.reduce((one, other) => (one < other ? one : other), first.start)
}

/** The period a year before, the one its first day lies in. */
export const yearBefore = (
  { start }: CalendarPeriod,
  grain: Period,
  calendar: Definitions['calendar'],
): CalendarPeriod => periodOf(dayOf(addPeriods(dayNumber(start), 'year', -1)), grain, calendar)
