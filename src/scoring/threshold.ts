import { dayNumber, periodStarts } from './calendar.ts'
import type { Day, KeyResultInput, Reading } from './types.ts'

type Bounds = { min?: number | null; max?: number | null; exclusive?: boolean | null }

/** Whether a value lies within the bounds; on a bound counts unless `exclusive` (section 2). */
export const isInside = ({ min, max, exclusive }: Bounds, value: number): boolean => {
  if (exclusive === true) return (min == null || value > min) && (max == null || value < max)
  return (min == null || value >= min) && (max == null || value <= max)
}

export type PeriodCount = {
  /** Periods whose last reading is inside. */
  hits: number
  /** Elapsed periods, and the running one once it has a reading. */
  counted: number
  /** All periods from the first to the last day. */
  all: number
  /** Whether any period so far has a reading. */
  read: boolean
}

/**
 * Counts the periods of a threshold key result as of a day (section 2). Readings come in day order; those before the
 * first day, and in periods that have not begun, belong to no period.
 */
export const countPeriods = (input: KeyResultInput, readings: readonly Reading[], today: Day): PeriodCount => {
  const first = dayNumber(input.firstDay)
  const last = dayNumber(input.lastDay)
  const now = dayNumber(today)
  const starts = periodStarts(first, last, input.period ?? input.cadence, input.calendar ?? undefined)
  const endsBefore = (index: number): number => starts[index + 1] ?? last + 1
  let index = 0
  let hits = 0
  let elapsed = 0
  let hit: boolean | null = null
  let runningRead = false
  let read = false
  const endPeriod = () => {
    if (hit === true) hits++
    if (hit !== null && endsBefore(index) > now) runningRead = true
    hit = null
  }
  while (elapsed < starts.length && endsBefore(elapsed) <= now) elapsed++
  for (const { day, value } of readings) {
    const at = dayNumber(day)
    if (value === null || at < first || at > last) continue
    while (at >= endsBefore(index)) {
      endPeriod()
      index++
    }
    if (starts[index]! > now) break
    hit = isInside(input, value)
    read = true
  }
  endPeriod()
  return { hits, counted: elapsed + (runningRead ? 1 : 0), all: starts.length, read }
}
