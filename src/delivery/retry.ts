const second = 1_000
const minute = 60 * second
const hour = 60 * minute

/** The waits before each try, as Standard Webhooks recommends: ten tries over about 75 hours. */
const waits = [0, 5 * second, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 14 * hour, 20 * hour, 24 * hour]

/** Up to this part of the wait is added, so that what failed together does not come back together. */
const jitter = 0.1

/** Milliseconds until the next try after `tried` of them have failed; null after the last. `random` is 0..1. */
export const waitAfter = (tried: number, random: number): number | null => {
  const wait = waits[tried]
  return wait === undefined ? null : Math.round(wait * (1 + jitter * random))
}

/** An endpoint to which nothing could be delivered for so long is disabled. */
export const failingAtMostDays = 5
