import { dayNumber, dayOf } from './calendar.ts'
import type { Day, HealthSegment, HealthView } from './types.ts'

const isSame = (one: HealthView, other: HealthView): boolean =>
  one.effective === other.effective &&
  one.derived === other.derived &&
  one.reported === other.reported &&
  one.stale === other.stale &&
  one.reasons.length === other.reasons.length &&
  one.reasons.every((reason, index) => reason === other.reasons[index])

const segment = (from: Day | null, view: HealthView): HealthSegment => ({
  from,
  effective: view.effective,
  derived: view.derived,
  reported: view.reported,
  stale: view.stale,
  reasons: view.reasons,
})

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
  let last = segment(null, viewOn(now))
  const segments = [last]
  let previous = now
  const later = turningDays.filter((day) => day > now)
  for (const day of later.length > 1 ? later.toSorted((one, other) => one - other) : later) {
    if (day <= previous) continue
    previous = day
    const view = viewOn(day)
    if (isSame(last, view)) continue
    last = segment(dayOf(day), view)
    segments.push(last)
  }
  return segments
}
