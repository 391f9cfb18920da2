import { dayNumber, dayOf } from './calendar.ts'
import type { Day, HealthSegment, HealthView } from './types.ts'

const isSame = (one: HealthView, other: HealthView): boolean =>
  one.effective === other.effective &&
  one.derived === other.derived &&
  one.reported === other.reported &&
  one.stale === other.stale &&
  one.reasons.length === other.reasons.length &&
  one.reasons.every((reason, index) => reason === other.reasons[index])

/**
 * The health from today on, as segments in ascending order, equal neighbours merged (section 5). `viewOn` is asked for
 * today and then for each later turning day, ascending; between two of them nothing changes.
 */
export const timelineOf = (
  today: Day,
  turningDays: readonly number[],
  viewOn: (day: number) => HealthView,
): HealthSegment[] => {
  const now = dayNumber(today)
  let last: HealthSegment = { from: null, ...viewOn(now) }
  const segments = [last]
  let previous = now
  for (const day of turningDays.toSorted((one, other) => one - other)) {
    if (day <= previous) continue
    previous = day
    const view = viewOn(day)
    if (isSame(last, view)) continue
    last = { from: dayOf(day), ...view }
    segments.push(last)
  }
  return segments
}
