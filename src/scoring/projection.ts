import { dayNumber } from './calendar.ts'
import { clamp01, round6 } from './rounding.ts'
import type { Day, Reading } from './types.ts'

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
  if (readings.length < 3) return null
  const first = dayNumber(firstDay)
  const last = dayNumber(lastDay)
  const now = Math.max(first, Math.min(dayNumber(today), last))
  const half = first + (now - first) / 2
  const days: number[] = []
  const values: number[] = []
  for (const reading of readings) {
    const day = dayNumber(reading.day)
    const value = day < half || day > now ? null : valueOf(reading)
    if (value === null) continue
    days.push(day)
    values.push(value)
  }
  const count = days.length
  if (count < 3) return null
  // Centred on the means, so that large values and distant days keep their digits.
  const meanDay = days.reduce((sum, day) => sum + day, 0) / count
  const meanValue = values.reduce((sum, value) => sum + value, 0) / count
  let products = 0
  let squares = 0
  for (let index = 0; index < count; index++) {
    const away = days[index]! - meanDay
    products += away * (values[index]! - meanValue)
    squares += away * away
  }
  if (squares === 0) return null
  return round6(clamp01(attainmentOf(meanValue + (products / squares) * (last - meanDay))))
}
