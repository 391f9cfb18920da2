import { addPeriods, dayNumber, dayOf, defaultCalendar, nextPeriodStart } from './calendar.ts'
import type { Calendar, Day, Period } from './types.ts'

/** One period of an organization's calendar. `end` is its last day; `label` reads back as the same period. */
export type CalendarPeriod = { grain: Period; start: Day; end: Day; label: string }

const yearOf = (day: Day): number => Number(day.slice(0, 4))
const monthOf = (day: Day): number => Number(day.slice(5, 7))

/**
 * The number a fiscal year goes by, told from its first day: the calendar year it ends in, so that the fiscal year
 * 2025-26 is `2026`, as a span of years is stored by its last.
 */
const fiscalYearOf = (firstDay: Day, { fiscalYearStartMonth }: Calendar): number =>
  yearOf(firstDay) + (fiscalYearStartMonth === 1 ? 0 : 1)

const startOf = (number: number, grain: Period, calendar: Calendar): number =>
  addPeriods(nextPeriodStart(number, grain, calendar), grain, -1)

/** The first day of week 1: the week that has at least four of its days in the year, as in ISO 8601. */
export const firstWeekOf = (year: number, calendar: Calendar): number =>
  startOf(dayNumber(`${String(year).padStart(4, '0')}-01-04`), 'week', calendar)

/** The year a week belongs to and its number there, told from its first day. */
export const weekOf = (firstDay: number, calendar: Calendar): { year: number; week: number } => {
  const year = yearOf(dayOf(firstDay + 3))
  return { year, week: (firstDay - firstWeekOf(year, calendar)) / 7 + 1 }
}

const labelOf = (start: number, grain: Exclude<Period, 'day'>, calendar: Calendar): string => {
  const day = dayOf(start)
  if (grain === 'month') return day.slice(0, 7)
  if (grain === 'week') {
    const { year, week } = weekOf(start, calendar)
    return `${year}-W${String(week).padStart(2, '0')}`
  }
  const year = fiscalYearOf(dayOf(startOf(start, 'year', calendar)), calendar)
  if (grain === 'quarter') {
    return `${year}-Q${Math.floor(((monthOf(day) - calendar.fiscalYearStartMonth + 12) % 12) / 3) + 1}`
  }
  return calendar.fiscalYearStartMonth === 1 ? `${year}` : `${year - 1}-${String(year % 100).padStart(2, '0')}`
}

const periodFrom = (first: number, grain: Period, calendar: Calendar): CalendarPeriod => {
  const start = dayOf(first)
  if (grain === 'day') return { grain, start, end: start, label: start }
  return {
    grain,
    start,
    end: dayOf(nextPeriodStart(first, grain, calendar) - 1),
    label: labelOf(first, grain, calendar),
  }
}

/** The period of a grain that a day lies in. Months are the calendar's; quarters and years are counted fiscally. */
export const periodOf = (day: Day, grain: Period, calendar: Calendar = defaultCalendar): CalendarPeriod =>
  periodFrom(startOf(dayNumber(day), grain, calendar), grain, calendar)

/** The period `count` of its grain later; earlier when negative. */
export const periodAfter = (
  { grain, start }: Pick<CalendarPeriod, 'grain' | 'start'>,
  count: number,
  calendar: Calendar = defaultCalendar,
): CalendarPeriod => periodFrom(addPeriods(dayNumber(start), grain, count), grain, calendar)

/** All periods of a grain that touch `from`..`to`, each whole, ascending; none when `to` lies before `from`. */
export const periodsBetween = (
  from: Day,
  to: Day,
  grain: Period,
  calendar: Calendar = defaultCalendar,
): CalendarPeriod[] => {
  const last = dayNumber(to)
  const periods: CalendarPeriod[] = []
  if (dayNumber(from) > last) return periods
  for (let at = startOf(dayNumber(from), grain, calendar); at <= last; at = nextPeriodStart(at, grain, calendar))
    periods.push(periodFrom(at, grain, calendar))
  return periods
}
