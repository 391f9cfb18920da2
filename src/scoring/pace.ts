import { dayNumber, dayOf } from './calendar.ts'
import { recentBy } from './recent.ts'
import { clamp01, round6 } from './rounding.ts'
import type { Day, Pace } from './types.ts'

/** Above this many numbers a mean is stored as one value per day, so that a wide graph does not grow its own history. */
const largestMean = 48

/** Expected progress on a day number, 0..1 before rounding. */
export type Curve = (day: number) => number
/** A curve and how much it weighs. */
export type Weighted = readonly [number, Pace]
type Points = readonly (readonly [Day, number])[]

/** Index of the last day number on or before the day, -1 when all are later. */
const lastAt = (days: readonly number[], day: number): number => {
  let low = 0
  let high = days.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (days[middle]! <= day) low = middle + 1
    else high = middle
  }
  return low - 1
}

const throughPoints = (points: Points): Curve => {
  const days = points.map(([day]) => dayNumber(day))
  const valueAt = (index: number): number => points[index]![1]
  return (day) => {
    const index = lastAt(days, day)
    if (index < 0) return clamp01(valueAt(0))
    const from = days[index]!
    const to = days[index + 1]
    if (to === undefined) return clamp01(valueAt(index))
    return clamp01(valueAt(index) + ((valueAt(index + 1) - valueAt(index)) * (day - from)) / (to - from))
  }
}

const alongMean = (curves: readonly Weighted[]): Curve => {
  const parts = curves.map(([weight, pace]) => ({ weight, curve: curveOf(pace) }))
  const weights = parts.reduce((sum, { weight }) => sum + weight, 0)
  return (day) => {
    let sum = 0
    // A parent reads the rounded number of each item.
    for (const { weight, curve } of parts) sum += weight * round6(curve(day))
    return sum / weights
  }
}

/** A straight line from a day number to another. */
export type Line = { first: number; last: number; pace: { linear: readonly [Day, Day] }; curve: Curve }

const lines = recentBy(
  (first: number, last: number): Line => ({
    first,
    last,
    pace: { linear: [dayOf(first), dayOf(last)] },
    curve: (day) => (day >= last ? 1 : day <= first ? 0 : (day - first) / (last - first)),
  }),
)
let line = lines(0, 0)

/** The straight line from a day to another: shared by all of the same days, which often follow one another. */
const lineOf = (firstDay: Day, lastDay: Day): Line => {
  const [first, last] = line.pace.linear
  if (first !== firstDay || last !== lastDay) line = lines(dayNumber(firstDay), dayNumber(lastDay))
  return line
}

/** The line of a pace that is straight, null for others. */
export const straight = (pace: Pace): Line | null => {
  if (pace === line.pace) return line
  return 'linear' in pace ? lineOf(pace.linear[0], pace.linear[1]) : null
}

/** The straight pace from a day to another. */
export const linearPace = (firstDay: Day, lastDay: Day): Pace => lineOf(firstDay, lastDay).pace

/** A pace as a function of the day number, 0..1 before rounding: a parent's gap is rounded once, not twice. */
export const curveOf = (pace: Pace): Curve => {
  if ('linear' in pace) return lineOf(pace.linear[0], pace.linear[1]).curve
  if ('points' in pace) return throughPoints(pace.points)
  if ('mean' in pace) return alongMean(pace.mean)
  if ('daily' in pace) {
    const first = dayNumber(pace.daily[0])
    const values = pace.daily[1]
    return (day) => values[Math.min(Math.max(day - first, 0), values.length - 1)] ?? 0
  }
  const days = pace.steps.map(([day]) => dayNumber(day))
  return (day) => pace.steps[lastAt(days, day)]?.[1] ?? 0
}

/** Expected progress 0..1 on a day, rounded to 6 decimals; null for a node that is not paced (section 5). */
export const expectedOn = (pace: Pace | null, day: Day): number | null =>
  pace === null ? null : round6(curveOf(pace)(dayNumber(day)))

const keyOf = (pace: Pace): string => ('linear' in pace ? `${pace.linear[0]}/${pace.linear[1]}` : JSON.stringify(pace))

/** Curves with their weights, equal ones merged, and the one added to last. */
export type Merged = {
  curves: [number, Pace][]
  last: [number, Pace] | null
  byKey: Map<string, [number, Pace]> | null
}

/** Adds to the weight of a curve. The order of the sum is part of the result: give ascending ids. */
export const addCurve = (merged: Merged, weight: number, pace: Pace): void => {
  let { last } = merged
  // Most often all are of the same days, and one object.
  if (last === null) merged.curves.push((last = [0, pace]))
  if (last[1] !== pace) {
    merged.byKey ??= new Map([[keyOf(last[1]), last]])
    const key = keyOf(pace)
    let same = merged.byKey.get(key)
    if (same === undefined) {
      same = [0, pace]
      merged.curves.push(same)
      merged.byKey.set(key, same)
    }
    last = same
  }
  merged.last = last
  last[0] += weight
}

/** The weighted mean of merged curves; of a single one it is that curve. Null without any. */
export const meanPace = (merged: readonly Weighted[]): Pace | null =>
  merged.length > 1 ? { mean: merged } : (merged[0]?.[1] ?? null)

/** Numbers and days it takes to write a curve down. */
const sizeOf = (pace: Pace): number => {
  if ('linear' in pace) return 2
  if ('points' in pace) return 2 * pace.points.length
  if ('steps' in pace) return 2 * pace.steps.length
  if ('daily' in pace) return pace.daily[1].length
  return pace.mean.reduce((size, [, curve]) => size + 1 + sizeOf(curve), 0)
}

const span = (pace: Pace): [Day, Day] => {
  if ('linear' in pace) return [pace.linear[0], pace.linear[1]]
  if ('points' in pace) return [pace.points[0]![0], pace.points.at(-1)![0]]
  // A step is reached on its day, so the day before belongs to the curve.
  if ('steps' in pace) return [dayOf(dayNumber(pace.steps[0]![0]) - 1), pace.steps.at(-1)![0]]
  if ('daily' in pace) return [pace.daily[0], dayOf(dayNumber(pace.daily[0]) + pace.daily[1].length - 1)]
  let [from, to] = span(pace.mean[0]![1])
  for (const [, curve] of pace.mean) {
    const [first, last] = span(curve)
    if (first < from) from = first
    if (last > to) to = last
  }
  return [from, to]
}

/** The same curve in a bounded size: a large mean becomes its rounded value of every day, which is all that is ever read. */
export const compactPace = (pace: Pace | null): Pace | null => {
  if (pace === null || !('mean' in pace)) return pace
  const size = sizeOf(pace)
  if (size <= largestMean) return pace
  const [from, to] = span(pace)
  const start = dayNumber(from) - 1
  const end = dayNumber(to)
  if (size <= end - start) return pace
  const curve = curveOf(pace)
  const values: number[] = []
  for (let day = start; day <= end; day++) values.push(round6(curve(day)))
  return { daily: [dayOf(start), values] }
}
