import { type Calendar, dayNumber, dayOf, type Period, periodOf, periodsBetween } from '../../scoring/index.ts'
import type { PointsAsked } from './kpi.points.asked.ts'

/** A week may begin so long before a period and still have days of it. */
const daysBefore = 6
/** Half a week: so far days may lie after the period they belong to. */
const daysAfter = 3

/** Periods of one length, from the first day of the first to the last day of the last; `inWeeks` as `ValuesAsked` has it. */
type Asked = { grain: Period; first: string; last: string; inWeeks: boolean | undefined }

/** Where points belong: weeks by their fourth day, and with them the days of what is told in weeks (decision 38). */
export const placesOf = (
  frequency: Period | null,
  { grain, first, last, inWeeks = false }: Asked,
  calendar: Calendar,
): Pick<PointsAsked, 'parts' | 'week' | 'between'> => {
  const areWhole = grain !== 'day' && grain !== 'week' && (inWeeks || frequency === 'week')
  const before = grain === 'day' ? 0 : -daysBefore
  return {
    parts:
      frequency === null || frequency === grain
        ? null
        : periodsBetween(first, last, frequency, calendar).map(({ start }) => start),
    week: areWhole ? periodOf(dayOf(dayNumber(first) - 7), 'week', calendar).start : null,
    between: [dayOf(dayNumber(first) + before), areWhole ? dayOf(dayNumber(last) + daysAfter) : last],
  }
}
