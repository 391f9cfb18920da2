/** What a bucket holds after a look: whole tokens left, seconds to the next one, and seconds until it is full again. */
type Level = { remaining: number; nextIn: number; fullIn: number }

type TokenBuckets = {
  /** Takes one token; false when there was none. */
  take: (key: string) => boolean
  level: (key: string) => Level
  readonly size: number
}

type Bucket = { tokens: number; at: number }

/**
 * Token buckets by key: each holds up to `burst`, and gains `perSecond` a second. A full bucket and no bucket are the
 * same, so full ones are forgotten; above `most` keys the longest untouched go first. `now` is in milliseconds.
 */
export const tokenBuckets = (settings: {
  perSecond: number
  burst: number
  now: () => number
  most?: number
}): TokenBuckets => {
  const { perSecond, burst, now, most = 10_000 } = settings
  const buckets = new Map<string, Bucket>()
  const fillTime = (burst / perSecond) * 1000
  let sweepAt = now() + fillTime

  const tokensIn = ({ tokens, at }: Bucket): number =>
    Math.min(burst, tokens + (Math.max(0, now() - at) / 1000) * perSecond)

  const current = (key: string): number => {
    const bucket = buckets.get(key)
    return bucket ? tokensIn(bucket) : burst
  }

  // Every write puts its key last, so the map is in order of use and a sweep may stop at the first bucket in use.
  const sweep = () => {
    for (const [key, bucket] of buckets) {
      if (buckets.size <= most && tokensIn(bucket) < burst) break
      buckets.delete(key)
    }
    sweepAt = now() + fillTime
  }

  return {
    take(key) {
      const tokens = current(key)
      if (tokens < 1) return false
      buckets.delete(key)
      buckets.set(key, { tokens: tokens - 1, at: now() })
      if (buckets.size > most || now() >= sweepAt) sweep()
      return true
    },
    level(key) {
      const tokens = current(key)
      return {
        remaining: Math.floor(tokens),
        nextIn: Math.max(0, 1 - tokens) / perSecond,
        fullIn: (burst - tokens) / perSecond,
      }
    },
    get size() {
      return buckets.size
    },
  }
}
