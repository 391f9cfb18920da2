import { Problem } from '../../api/problem.ts'

/** Values of consecutive periods, oldest first; null where nothing was measured. */
export type History = readonly (number | null)[]

/** Older periods say little about the next ones, and the work of one answer has an end: three years of weeks. */
export const mostPeriods = 156

/** Full seasons in the history before a season is believed. */
const seasonsNeeded = 3
const seasonLengths: Record<string, number> = { day: 7, week: 52, month: 12, quarter: 4 }

/** Periods until the calendar repeats itself, for a grain. Null for years, which have no season. */
export const seasonOf = (grain: string, periods: number): number | null => {
  const length = seasonLengths[grain]
  return length !== undefined && periods >= length * seasonsNeeded ? length : null
}

/**
 * The newest part of a history, from its first measured period to its last, at most `mostPeriods`.
 * Throws 422 `not_enough_history` when fewer than `needed` of these periods have a value.
 */
export const recentHistory = (history: History, needed: number): History => {
  const first = history.findIndex((value) => value !== null)
  const last = history.findLastIndex((value) => value !== null)
  const recent = first < 0 ? [] : history.slice(Math.max(first, last + 1 - mostPeriods), last + 1)
  const measured = recent.filter((value) => value !== null).length
  if (measured < needed)
    throw new Problem('not_enough_history', `Needs ${needed} complete periods with a value; there are ${measured}`)
  return recent
}

/** Gaps filled by the straight line between their neighbours. The first and last period are measured. */
export const withoutGaps = (history: History): number[] => {
  const filled: number[] = []
  for (const [index, value] of history.entries()) {
    if (value === null) continue
    const before = filled.length - 1
    const start = filled[before] ?? value
    const steps = index - before
    for (let step = 1; step < steps; step++) filled.push(start + ((value - start) * step) / steps)
    filled.push(value)
  }
  return filled
}
