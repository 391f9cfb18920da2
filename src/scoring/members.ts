import { dayNumber } from './calendar.ts'
import type { Judgement } from './health.ts'
import { healthOn } from './health.ts'
import type { CountedItem } from './pool.ts'
import type { Day, DerivedHealth, HealthSegment, NodeScore } from './types.ts'

/** Worst first: known trouble before the unknown, the unknown before what goes well (section 5, policy `worst`). */
const worstFirst: readonly DerivedHealth[] = ['off_track', 'at_risk', 'no_data', 'on_track', 'not_started', 'achieved']

type Turn = { day: number; guardrail: boolean; before: HealthView; after: HealthView }
type HealthView = Pick<HealthSegment, 'derived' | 'stale'>

/**
 * How the items of an objective fare on a day. Days must be asked in ascending order, none before today: the counts
 * are carried along, so that a wide objective costs its turns once and not once for each day.
 */
export type Members = {
  turningDays: readonly number[]
  moveTo(day: number): void
  /** All counted items are stale, and there is one. */
  allStale(): boolean
  guardrailStale(): boolean
  /** The worst derived health of the counted items; null when all are closed or none counts. */
  worst(): Judgement | null
}

/** Follows the stored timelines of the counted items and the guardrails of an objective from today on. */
export const followMembers = (
  counted: readonly CountedItem[],
  guardrails: readonly NodeScore[],
  today: Day,
  needsWorst: boolean,
): Members => {
  const turns: Turn[] = []
  const tally = new Map<DerivedHealth, number>()
  let stale = 0
  let staleGuardrails = 0
  const add = (view: HealthView, guardrail: boolean, count: 1 | -1) => {
    if (guardrail) {
      // What was never read is unread, not stale.
      if (view.stale) staleGuardrails += count
      return
    }
    if (view.stale) stale += count
    if (needsWorst) tally.set(view.derived, (tally.get(view.derived) ?? 0) + count)
  }
  const follow = ({ timeline }: NodeScore, guardrail: boolean) => {
    let before: HealthView = healthOn(timeline, today)
    add(before, guardrail, 1)
    for (const after of timeline) {
      if (after.from === null || after.from <= today) continue
      if (after.stale !== before.stale || (needsWorst && after.derived !== before.derived)) {
        turns.push({ day: dayNumber(after.from), guardrail, before, after })
      }
      before = after
    }
  }
  for (const { score } of counted) follow(score, false)
  for (const guardrail of guardrails) if (guardrail.inside !== null) follow(guardrail, true)
  turns.sort((one, other) => one.day - other.day)
  let next = 0
  return {
    turningDays: turns.map((turn) => turn.day),
    moveTo(day) {
      for (let turn = turns[next]; turn !== undefined && turn.day <= day; turn = turns[++next]) {
        add(turn.before, turn.guardrail, -1)
        add(turn.after, turn.guardrail, 1)
      }
    },
    allStale: () => counted.length > 0 && stale === counted.length,
    guardrailStale: () => staleGuardrails > 0,
    worst() {
      const health = worstFirst.find((candidate) => (tally.get(candidate) ?? 0) > 0)
      if (health === undefined) return null
      const bad = health === 'off_track' || health === 'at_risk' || health === 'no_data'
      return { health, reason: bad ? 'worst_item' : null }
    },
  }
}
