import { describe, expect, test } from 'vitest'
import {
  type Commitment,
  goalsAttained,
  meanRating,
  nearestPoint,
  type RatingComponent,
  shareOnScale,
  weightedRating,
} from '../../src/scoring/index.ts'

const of = (...pairs: [weight: number, value: number | null][]): RatingComponent[] =>
  pairs.map(([weight, value]) => ({ weight, value }))

describe('a final rating', () => {
  test.each([
    ['4 and 5 and a missing third', of([1, 4], [1, 5], [1, null]), 4.5],
    ['weights', of([3, 5], [1, 1]), 4],
    ['a weight of 0', of([1, 4], [0, 1]), 4],
    ['thirds, rounded to 6 decimals', of([1, 4], [1, 4], [1, 5]), 4.333333],
    ['a scale below zero', of([1, -2], [1, 1]), -0.5],
    ['nothing said', of([1, null], [0, 4]), null],
    ['no parts', [], null],
  ])('%s', (_name, parts, rating) => {
    expect(weightedRating(parts)).toBe(rating)
  })
})

describe('goals in a review', () => {
  const goal = (grade: number | null, commitment: Commitment) => ({ grade, commitment })
  test.each([
    ['committed against 1', [goal(0.7, 'committed')], 0.7],
    ['aspirational against 0.7', [goal(0.35, 'aspirational')], 0.5],
    ['more than the mark is the mark', [goal(1, 'aspirational'), goal(0.5, 'committed')], 0.75],
    ['learning and ungraded left out', [goal(0, 'learning'), goal(null, 'committed'), goal(0.8, 'committed')], 0.8],
    ['none left', [goal(1, 'learning'), goal(null, 'committed')], null],
  ])('%s', (_name, objectives, share) => {
    expect(goalsAttained(objectives)).toBe(share)
  })
})

test('a share lies between the ends of the scale', () => {
  expect(shareOnScale(0.75, { lowest: 1, highest: 5 })).toBe(4)
  expect(shareOnScale(0, { lowest: -2, highest: 2 })).toBe(-2)
  expect(shareOnScale(null, { lowest: 1, highest: 5 })).toBeNull()
})

test('a computed rating is called what the nearest point is called, the higher of two', () => {
  const points = [1, 2, 3].map((value) => ({ value }))
  expect([1.4, 1.5, 2.6, 9].map((value) => nearestPoint(points, value)?.value)).toEqual([1, 2, 3, 3])
  expect(nearestPoint([], 1)).toBeUndefined()
  expect([meanRating([1, 2]), meanRating([])]).toEqual([1.5, null])
})
