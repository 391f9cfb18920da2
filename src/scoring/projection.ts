import { dayNumber } from './calendar.ts'
import { clamp01, round6 } from './rounding.ts'
import type { Day, Reading } from './types.ts'

/** Whether there are readings enough to draw a line through: three, which one mean of a day may stand for. */
export const isLine = (readings: readonly Reading[]): boolean => {
  let count = 0
  for (const reading of readings) count += reading.count ?? 1
  return count > 2
}

/**
 * Where progress will be on the last day if it goes on like this, 0..1: the least-squares line through the readings of
 * the last half of the elapsed time, read on the last day, as clamped attainment (section 5). Null with fewer than 3
 * readings, or all on one day. `valueOf` gives a reading's number, `attainmentOf` what a number is worth.
 */
export const project = (
  readings: readonly Reading[],
  firstDay: Day,
  lastDay: Day,
  today: Day,
  valueOf: (reading: Reading) => number | null,
  attainmentOf: (value: number) => number,
): number | null => {
  const first = dayNumber(firstDay)
  const last = dayNumber(lastDay)
  const now = Math.max(first, Math.min(dayNumber(today), last))
  const half = first + (now - first) / 2
  const days: number[] = []
  const values: number[] = []
  const counts: number[] = []
  let all = 0
  for (const reading of readings) {
    const day = dayNumber(reading.day)
    const value = day < half || day > now ? null : valueOf(reading)
    if (value === null) continue
    const { count = 1 } = reading
    days.push(day)
    values.push(value)
    counts.push(count)
    all += count
  }
  if (all < 3) return null
  // Centred on the means, so that large values and distant days keep their digits.
  const meanDay = days.reduce((sum, day, at) => sum + day * counts[at]!, 0) / all
  const meanValue = values.reduce((sum, value, at) => sum + value * counts[at]!, 0) / all
  let products = 0
  let squares = 0
  for (let index = 0; index < days.length; index++) {
    const away = days[index]! - meanDay
    products += counts[index]! * away * (values[index]! - meanValue)
    squares += counts[index]! * away * away
  }
  if (squares === 0) return null
  return round6(clamp01(attainmentOf(meanValue + (products / squares) * (last - meanDay))))
}
