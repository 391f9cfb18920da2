import { type Gap, gapOn, type HealthFacts, never } from './health.ts'
import type { Line } from './pace.ts'

/** Twice what rounding the expected progress and then the gap can move the gap. */
const blur = 2e-6

/**
 * The first day on which a gap along a straight line exceeds the bound, from where the lines meet; -`never` when it does
 * from the first day on. NaN where they meet so close to midnight that rounding decides.
 */
const meeting = ({ factor, progress }: Gap, { first, last }: Line, bound: number): number => {
  const days = ((bound + progress) / factor) * (last - first)
  const blurred = (blur / factor) * (last - first)
  // What is not a line (no days, no factor) is infinite here, or not a number.
  if (!(blurred > 0 && blurred < 0.5)) return Number.NaN
  if (days < -blurred) return -never
  if (days > last - first + blurred) return never
  const before = Math.floor(days)
  return days - before < blurred || before + 1 - days < blurred ? Number.NaN : first + before + 1
}

/**
 * The first day from `from` to `to` whose gap exceeds the bound, `never` when none does. It is looked for where a
 * straight line would cross, and now and then by halving: for no curve are many looks needed.
 */
const search = (gap: Gap, bound: number, from: number, to: number): number => {
  let low = from
  let high = to
  let atLow = gapOn(gap, from)
  let atHigh = gapOn(gap, to)
  if (atHigh <= bound) return never
  if (atLow > bound) return from
  for (let look = 1; high - low > 1; look++) {
    const share = look % 3 === 0 ? 0.5 : (bound - atLow) / (atHigh - atLow)
    const middle = Math.min(low + 1 + Math.floor(share * (high - low - 1)), high - 1)
    const found = gapOn(gap, middle)
    if (found > bound) {
      high = middle
      atHigh = found
    } else {
      low = middle
      atLow = found
    }
  }
  return high
}

const crossing = (gap: Gap, bound: number, from: number, to: number): number => {
  const day = gap.line === null ? Number.NaN : meeting(gap, gap.line, bound)
  if (day > to) return never
  return day >= from ? day : day < from ? from : search(gap, bound, from, to)
}

/** Finds the days from today to the last on which the gap begins to exceed each band, where it is looked at at all. */
export const findBandDays = (facts: HealthFacts, today: number): void => {
  const { bands, gap, lastDay } = facts
  if (gap === null || lastDay < today || facts.closed || !facts.hasData || facts.progress === 1) return
  facts.atRiskFrom = crossing(gap, bands.onTrack, today, lastDay)
  facts.offTrackFrom = crossing(gap, bands.atRisk, today, lastDay)
}
