import fc from 'fast-check'
import { expect, test } from 'vitest'
import { tokenBuckets } from '../../src/http/token-bucket.ts'

const build = (settings: { perSecond?: number; burst?: number; most?: number } = {}) => {
  const clock = { ms: 0 }
  const buckets = tokenBuckets({ perSecond: 100, burst: 200, ...settings, now: () => clock.ms })
  const drain = (key: string) => {
    let taken = 0
    while (buckets.take(key)) taken++
    return taken
  }
  return { clock, buckets, drain }
}

test('grants the burst, then the rate, never more than the burst', () => {
  const { clock, drain } = build()
  expect(drain('a')).toBe(200)
  clock.ms += 500
  expect(drain('a')).toBe(50)
  clock.ms += 60_000
  expect(drain('a')).toBe(200)
  expect(drain('b')).toBe(200)
})

test('says what is left and when there is more', () => {
  const { clock, buckets, drain } = build({ perSecond: 2, burst: 4 })
  expect(buckets.level('a')).toEqual({ remaining: 4, nextIn: 0, fullIn: 0 })
  drain('a')
  expect(buckets.level('a')).toEqual({ remaining: 0, nextIn: 0.5, fullIn: 2 })
  clock.ms += 250
  expect(buckets.level('a')).toEqual({ remaining: 0, nextIn: 0.25, fullIn: 1.75 })
})

test('a refused attempt costs nothing', () => {
  const { clock, buckets, drain } = build({ perSecond: 1, burst: 1 })
  drain('a')
  for (let i = 0; i < 9; i++) {
    clock.ms += 100
    expect(buckets.take('a')).toBe(false)
  }
  clock.ms += 100
  expect(buckets.take('a')).toBe(true)
})

test('forgets full buckets, and the least used beyond the most', () => {
  const { clock, buckets } = build({ most: 100 })
  for (let i = 0; i < 50; i++) buckets.take(`idle ${i}`)
  clock.ms += 5_000
  buckets.take('new')
  expect(buckets.size).toBe(1)
  for (let i = 0; i < 1_000; i++) buckets.take(`crowd ${i}`)
  expect(buckets.size).toBeLessThanOrEqual(100)
})

test('over any stretch of time no more is granted than burst plus rate', () => {
  const waits = fc.array(fc.nat({ max: 400 }), { maxLength: 300 })
  fc.assert(
    fc.property(waits, fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 50 }), (pauses, perSecond, burst) => {
      const { clock, buckets } = build({ perSecond, burst })
      let granted = 0
      for (const pause of pauses) {
        clock.ms += pause
        if (buckets.take('a')) granted++
      }
      expect(granted).toBeLessThanOrEqual(burst + (clock.ms / 1000) * perSecond + 1e-6)
    }),
  )
})
