import { inputProblem } from '../../api/problem.ts'
import {
  addPeriods,
  type CalendarPeriod,
  dayNumber,
  dayOf,
  firstYear,
  lastYear,
  type Period,
  periodAfter,
  periodOf,
} from '../../scoring/index.ts'
import { type Definitions, grainOf } from '../kpis/kpi.definitions.ts'
import { mostPeriods } from '../kpis/kpi.values.ts'
import type { SeriesSubject } from './series.queries.ts'
import type { SeriesAsked } from './series.schema.ts'

/** Periods shown where nobody said from when. */
const shownByDefault = 12

/** The days asked for; without a grain the periods are those the KPI was measured in. */
export type Span = { from: string; to: string; grain: Period | null }

/** What is asked for, or as much of it as is usual. 422 `invalid_input` */
export const spanOf = ({ definitions, kpi }: SeriesSubject, asked: SeriesAsked, today: string): Span => {
  const { calendar } = definitions
  const grain = asked.grain ?? grainOf(kpi)
  const to = asked.to ?? today
  const first = grain
    ? periodAfter(periodOf(to, grain, calendar), 1 - shownByDefault, calendar).start
    : `${firstYear}-01-01`
  const from = asked.from ?? first
  if (grain === null && asked.of === 'children')
    throw inputProblem('invalid_input', '/grain', 'say a grain: children are measured in periods of their own')
  if (from > to) throw inputProblem('invalid_input', '/from', 'from is after to')
  for (const [name, day] of Object.entries({ from, to }))
    if (Number(day.slice(0, 4)) < firstYear || Number(day.slice(0, 4)) > lastYear)
      throw inputProblem('invalid_input', `/${name}`, `years run from ${firstYear} to ${lastYear}`)
  return { from, to, grain }
}

/** Days a period has at least. */
export const lengths = { day: 1, week: 7, month: 28, quarter: 89, year: 365 }

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

/** The same period a year earlier. */
export const yearBefore = (
  { start }: CalendarPeriod,
  grain: Period,
  calendar: Definitions['calendar'],
): CalendarPeriod => periodOf(dayOf(addPeriods(dayNumber(start), 'year', -1)), grain, calendar)
