import { type Calendar, dayNumber, dayOf, type Period, periodOf, periodsBetween } from '../../scoring/index.ts'
import type { PointsAsked } from './kpi.points.asked.ts'

/** Half a week: so far points may lie outside of the period they belong to. */
const daysAround = 3

/** Periods of one length, from the first day of the first to the last day of the last; `inWeeks` as `ValuesAsked` has it. */
type Asked = { grain: Period; first: string; last: string; inWeeks: boolean | undefined }

/** Where points belong: weeks by their fourth day, and with them the days of what is told in weeks (decision 38). */
export const placesOf = (
  frequency: Period | null,
  { grain, first, last, inWeeks = false }: Asked,
  calendar: Calendar,
): Pick<PointsAsked, 'parts' | 'week' | 'between'> => {
  const areWhole = grain !== 'day' && grain !== 'week' && (inWeeks || frequency === 'week')
  const before = frequency === 'day' && !areWhole ? 0 : -daysAround
  return {
    parts:
      frequency === null || frequency === grain
        ? null
        : periodsBetween(first, last, frequency, calendar).map(({ start }) => start),
    week: areWhole ? periodOf(dayOf(dayNumber(first) - 7), 'week', calendar).start : null,
    between: [dayOf(dayNumber(first) + before), areWhole ? dayOf(dayNumber(last) + daysAround) : last],
  }
}
