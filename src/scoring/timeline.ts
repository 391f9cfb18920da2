import { findBandDays } from './bands.ts'
import { dayNumberAgain } from './calendar.ts'
import { derivedHealth, never, type Outlook, standingHealth } from './health.ts'
import { allStale, guardrailsOf, moveTo, nextTurn, worstOf } from './members.ts'
import type { Day, HealthSegment } from './types.ts'
import { segmentFrom, segmentOf, viewOf } from './view.ts'

const sooner = (soonest: number, after: number, day: number): number => (day > after && day < soonest ? day : soonest)

/** The effective health on a day, as the number of its view. Days must be asked in ascending order. */
const viewOn = (facts: Outlook, day: number): number => {
  const { members } = facts
  const reported = day < facts.reportedUntil ? facts.reported : null
  if (members === null) {
    const judged = derivedHealth(facts, day)
    return viewOf(judged, reported, day >= facts.staleFrom && judged.health !== 'achieved', 0)
  }
  moveTo(members, day)
  const ofWorst = facts.worst && standingHealth(facts, day) === null ? worstOf(members) : null
  return viewOf(
    ofWorst ?? derivedHealth(facts, day),
    reported,
    !facts.closed && allStale(members),
    guardrailsOf(members),
  )
}

const places = 4_096
type Shared = { turns: readonly number[]; segments: readonly HealthSegment[] }
const shared: (Shared | undefined)[] = Array.from({ length: places })
/** The timeline being made, in a list that is used again: the first view, then each day of a turn and the view from then on. */
const draft: number[] = []

/** The first numbers of the draft as one timeline for all who have the same, if they had it not long ago. */
const share = (length: number, hash: number): readonly HealthSegment[] => {
  const kept = shared[hash & (places - 1)]
  let same = kept?.turns.length === length ? 0 : -1
  while (same >= 0 && same < length && kept!.turns[same] === draft[same]) same++
  if (same === length) return kept!.segments
  const segments = [segmentOf(draft[0]!)]
  for (let at = 1; at < length; at += 2) segments.push(segmentFrom(draft[at]!, draft[at + 1]!))
  shared[hash & (places - 1)] = { turns: draft.slice(0, length), segments }
  return segments
}

const numberOfToday = dayNumberAgain()

/** The health from today on, as segments in ascending order, equal neighbours merged (section 5). */
export const timelineOf = (facts: Outlook, on: Day): readonly HealthSegment[] => {
  const today = numberOfToday(on)
  findBandDays(facts, today)
  const { atRiskFrom, lastDay, members, offTrackFrom, reportedUntil, staleFrom, startedOn } = facts
  let last = viewOn(facts, today)
  let hash = last
  let length = 1
  draft[0] = last
  for (let day = today; ; ) {
    // Between two of these days nothing changes.
    let next = sooner(never, day, startedOn)
    next = sooner(next, day, atRiskFrom)
    next = sooner(next, day, offTrackFrom)
    next = sooner(next, day, lastDay + 1)
    next = sooner(next, day, reportedUntil)
    next = sooner(next, day, staleFrom)
    if (members !== null) next = sooner(next, day, nextTurn(members))
    if (next === never) return share(length, hash)
    day = next
    const view = viewOn(facts, day)
    if (view === last) continue
    last = view
    hash = Math.imul(hash, 31) + day * 7 + view
    draft[length++] = day
    draft[length++] = view
  }
}
