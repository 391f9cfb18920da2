import { round6 } from './rounding.ts'
import type { Commitment } from './types.ts'

/** One part of a final rating: its weight, and its value on the scale, or null where it has none. */
export type RatingComponent = { weight: number; value: number | null }

/**
 * Σ w·r ÷ Σ w over the components that have a value (docs/reviews.md): a missing part is left out of both sums, never
 * counted as 0. Null when nothing with a weight has a value.
 */
export const weightedRating = (components: readonly RatingComponent[]): number | null => {
  let sum = 0
  let weights = 0
  for (const { weight, value } of components) {
    if (value === null || weight === 0) continue
    sum += weight * value
    weights += weight
  }
  return weights === 0 ? null : round6(sum / weights)
}

/** The grade that is a success: all of what was promised, 70 % of what was a stretch. */
const markOf = (commitment: Exclude<Commitment, 'learning'>): number => (commitment === 'committed' ? 1 : 0.7)

/**
 * How far somebody's own graded objectives came, 0..1: the mean of min(grade ÷ mark, 1). What was for learning and what
 * has no grade is left out; null when nothing is left.
 */
export const goalsAttained = (
  objectives: readonly { grade: number | null; commitment: Commitment }[],
): number | null => {
  const shares = objectives.flatMap(({ grade, commitment }) =>
    grade === null || commitment === 'learning' ? [] : [Math.min(grade / markOf(commitment), 1)],
  )
  return shares.length === 0 ? null : round6(shares.reduce((sum, share) => sum + share, 0) / shares.length)
}

/** A share 0..1 as a value between the ends of a rating scale; null stays null. */
export const shareOnScale = (
  share: number | null,
  { lowest, highest }: { lowest: number; highest: number },
): number | null => (share === null ? null : round6(lowest + share * (highest - lowest)))

/** The plain mean of ratings; null of none. */
export const meanRating = (values: readonly number[]): number | null =>
  weightedRating(values.map((value) => ({ weight: 1, value })))

/** The point of a scale nearest to a value; of two as near, the higher. */
export const nearestPoint = <P extends { value: number }>(points: readonly P[], value: number): P | undefined =>
  points.reduce<P | undefined>((best, point) => {
    const distance = Math.abs(point.value - value)
    const known = best === undefined ? Infinity : Math.abs(best.value - value)
    return distance < known || (distance === known && best !== undefined && point.value > best.value) ? point : best
  }, undefined)
