import { dayOf } from './calendar.ts'
import type { Judgement } from './health.ts'
import { recentBy } from './recent.ts'
import type { Day, DerivedHealth, Health, HealthReason, HealthSegment, HealthView, ReportedHealth } from './types.ts'

/** The state of an objective's guardrails, as bits. */
export const guardrails = { breached: 1, unread: 2, stale: 4 } as const

const stands = (health: DerivedHealth): boolean =>
  health === 'closed' || health === 'not_started' || health === 'no_data'

/** Effective health and its reasons from what was derived, reported and not read (section 5). */
const effectiveHealth = (
  { health: derived, reason }: Judgement,
  reported: ReportedHealth | null,
  stale: boolean,
  guarded: number,
): HealthView => {
  if (stands(derived)) return { effective: derived, derived, reported, stale, reasons: reason === null ? [] : [reason] }
  let effective: Health = reported ?? derived
  if (stale && (effective === 'on_track' || effective === 'at_risk')) effective = 'stale'
  const reasons: HealthReason[] = []
  if (reason !== null && reason !== 'worst_item') reasons.push(reason)
  if (guarded !== 0) {
    if (effective === 'on_track' || effective === 'achieved') effective = 'at_risk'
    if (guarded & guardrails.breached) reasons.push('guardrail_breached')
    if (guarded & guardrails.unread) reasons.push('guardrail_unread')
  }
  if (stale || guarded & guardrails.stale) reasons.push('stale')
  if (reported !== null) reasons.push('reported')
  if (reason === 'worst_item') reasons.push(reason)
  return { effective, derived, reported, stale, reasons }
}

const codeOf = (reported: ReportedHealth | null): number =>
  reported === null ? 0 : reported === 'on_track' ? 1 : reported === 'at_risk' ? 2 : 3

/** Every view there is, as the first segment of a timeline, and its number. */
const views: HealthSegment[] = []
const numbers = new Map<string, number>()
/** -1 until asked for: a list with gaps would be kept as a hash table. */
const numberOfFacts = new Int16Array(1_024).fill(-1)

/** The effective health of a judgement as the number of a view. There are few, so equal ones have one number, and are made once. */
export const viewOf = (judged: Judgement, reported: ReportedHealth | null, stale: boolean, guarded: number): number => {
  const facts = ((judged.code * 4 + codeOf(reported)) * 2 + (stale ? 1 : 0)) * 8 + guarded
  const known = numberOfFacts[facts]!
  if (known >= 0) return known
  const view: HealthSegment = { from: null, ...effectiveHealth(judged, reported, stale, guarded) }
  const text = JSON.stringify(view)
  const number = numbers.get(text) ?? views.push(view) - 1
  numbers.set(text, number)
  numberOfFacts[facts] = number
  return number
}

/** A view as the first segment of a timeline. */
export const segmentOf = (view: number): HealthSegment => views[view]!

/** A view as the segment that begins on a day number. */
export const segmentFrom: (day: number, view: number) => HealthSegment = recentBy((day, view) => ({
  ...segmentOf(view),
  from: dayOf(day),
}))

/** Which segment of a stored timeline a day falls into; the day must not lie before the score's `scoredOn`. */
export const segmentOn = (timeline: readonly HealthSegment[], day: Day): number => {
  let index = timeline.length - 1
  while (index > 0 && (timeline[index]!.from ?? '') > day) index--
  return index
}

/** Health on a day from a stored timeline (section 5); the day must not lie before the score's `scoredOn`. */
export const healthOn = (timeline: readonly HealthSegment[], day: Day): HealthView => {
  const segment = timeline[segmentOn(timeline, day)]
  if (segment === undefined) throw new Error('a timeline has at least one segment')
  const { effective, derived, reported, stale, reasons } = segment
  return { effective, derived, reported, stale, reasons }
}
