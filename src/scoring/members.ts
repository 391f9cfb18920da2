import { dayNumberAgain } from './calendar.ts'
import { type Judgement, never, worstFirst } from './health.ts'
import { ascending } from './order.ts'
import type { Pool } from './pool.ts'
import type { Day, HealthSegment, NodeScore } from './types.ts'
import { guardrails, segmentOn } from './view.ts'

/**
 * How the items of an objective fare on a day, as counts that are carried along from one day to the next, so that a wide
 * objective costs its turns once and not once for each day.
 */
export type Members = {
  counted: number
  stale: number
  staleGuardrails: number
  /** Breached and unread ones, which no day changes. */
  guarded: number
  /** How many counted items have each of `worstFirst`; null unless the worst is asked for. */
  tally: Int32Array | null
  /** What changes and when, a whole number each, ascending: the day, times 512, and the change. */
  turns: number[]
  next: number
}

const dayBits = 9
const placeOf = (health: HealthSegment['derived']): number => {
  const at = worstFirst.findIndex((each) => each.health === health)
  // Closed ones are not among the worst.
  return at < 0 ? worstFirst.length : at
}

/** Follows the stored timelines of the counted items and the guardrails of an objective from today on. */
export const followMembers = (pool: Pool, today: Day, needsWorst: boolean): Members => {
  const members: Members = {
    counted: pool.scores.length,
    stale: 0,
    staleGuardrails: 0,
    guarded: 0,
    tally: needsWorst ? new Int32Array(worstFirst.length + 1) : null,
    turns: [],
    next: 0,
  }
  for (let at = 0; at < pool.scores.length; at++) follow(members, pool.scores[at]!, today, false)
  for (const guardrail of pool.guardrails) {
    if (guardrail.inside === false) members.guarded |= guardrails.breached
    // What was never read is unread, not stale.
    if (guardrail.inside === null) members.guarded |= guardrails.unread
    else follow(members, guardrail, today, true)
  }
  ascending(members.turns)
  return members
}

const numberOfTurn = dayNumberAgain()

const follow = (members: Members, { timeline, scoredOn }: NodeScore, today: Day, guardrail: boolean): void => {
  const { tally, turns } = members
  // What was scored today has but its first segment begun.
  const begun = scoredOn === today ? 0 : segmentOn(timeline, today)
  const now = timeline[begun]!
  if (guardrail) members.staleGuardrails += now.stale ? 1 : 0
  else members.stale += now.stale ? 1 : 0
  let place = tally === null || guardrail ? 0 : placeOf(now.derived)
  if (tally !== null && !guardrail) tally[place]!++
  let { stale } = now
  for (let at = begun + 1; at < timeline.length; at++) {
    const after = timeline[at]!
    const placeAfter = tally === null || guardrail ? 0 : placeOf(after.derived)
    if (after.stale === stale && placeAfter === place) continue
    const bits = (guardrail ? 4 : 0) | (after.stale ? 2 : 0) | (stale ? 1 : 0)
    turns.push((numberOfTurn(after.from ?? today) << dayBits) | (place << 6) | (placeAfter << 3) | bits)
    place = placeAfter
    stale = after.stale
  }
}

/** The next day on which the counts change. */
export const nextTurn = ({ next, turns }: Members): number => (next < turns.length ? turns[next]! >> dayBits : never)

/** Brings the counts to a day, none before the one asked for last. */
export const moveTo = (members: Members, day: number): void => {
  const { tally, turns } = members
  for (; members.next < turns.length; members.next++) {
    const turn = turns[members.next]!
    if (turn >> dayBits > day) return
    const stale = ((turn >> 1) & 1) - (turn & 1)
    if (turn & 4) members.staleGuardrails += stale
    else members.stale += stale
    if (tally === null || turn & 4) continue
    tally[(turn >> 6) & 7]!--
    tally[(turn >> 3) & 7]!++
  }
}

/** Whether all counted items are stale, and there is one. */
export const allStale = ({ counted, stale }: Members): boolean => counted > 0 && stale === counted

export const guardrailsOf = ({ guarded, staleGuardrails }: Members): number =>
  staleGuardrails > 0 ? guarded | guardrails.stale : guarded

/** The worst derived health of the counted items; null when all are closed or none counts. */
export const worstOf = ({ tally }: Members): Judgement | null =>
  worstFirst.find((_, at) => tally !== null && tally[at]! > 0) ?? null
