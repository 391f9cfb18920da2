import { dayNumber } from './calendar.ts'
import type {
  Commitment,
  Day,
  DerivedHealth,
  Health,
  HealthReason,
  HealthSegment,
  HealthView,
  Policy,
  ReportedHealth,
} from './types.ts'
import { verdictOf } from './verdict.ts'

/** All that the health of one node depends on besides the day. Days are day numbers. */
export type HealthFacts = {
  closed: boolean
  read: boolean
  /** The day on which the first cadence has passed. */
  startedOn: number
  hasData: boolean
  progress: number | null
  lastDay: number
  commitment: Commitment
  /** Threshold `latest` only: whether the newest reading is inside. */
  inside: boolean | null
  /** What an unpaced node is: on track, or on track from progress 0.7. */
  unpaced: 'on_track' | 'by_progress'
  /** Rounded gap on a day; null when not paced. It never falls as days pass. */
  gapOn: ((day: number) => number) | null
  bands: Policy['bands']
}

export type Judgement = { health: DerivedHealth; reason: HealthReason | null }

const judgements = {
  closed: { health: 'closed', reason: null },
  not_started: { health: 'not_started', reason: null },
  no_data: { health: 'no_data', reason: 'no_data' },
  achieved: { health: 'achieved', reason: null },
  on_track: { health: 'on_track', reason: null },
  inside: { health: 'on_track', reason: null },
  outside: { health: 'off_track', reason: 'threshold' },
  unpaced_at_risk: { health: 'at_risk', reason: null },
  at_risk: { health: 'at_risk', reason: 'pace' },
  off_track: { health: 'off_track', reason: 'pace' },
  overdue_achieved: { health: 'achieved', reason: 'overdue' },
  overdue_partial: { health: 'at_risk', reason: 'overdue' },
  overdue_missed: { health: 'off_track', reason: 'overdue' },
} as const satisfies Record<string, Judgement>

/** The rows that neither pace nor a person can change; null when none of them holds. */
export const standingHealth = (facts: HealthFacts, day: number): Judgement | null => {
  if (facts.closed) return judgements.closed
  if (!facts.read && day < facts.startedOn) return judgements.not_started
  return facts.hasData && facts.progress !== null ? null : judgements.no_data
}

/** Derived health on a day: the first row of the table that holds (section 5). */
export const derivedHealth = (facts: HealthFacts, day: number): Judgement => {
  const standing = standingHealth(facts, day)
  if (standing !== null) return standing
  const progress = facts.progress ?? 0
  if (day > facts.lastDay) return judgements[`overdue_${verdictOf(progress, facts.commitment) ?? 'missed'}`]
  if (facts.inside !== null) return facts.inside ? judgements.inside : judgements.outside
  if (progress === 1) return judgements.achieved
  if (facts.gapOn === null) {
    return facts.unpaced === 'on_track' || progress >= 0.7 ? judgements.on_track : judgements.unpaced_at_risk
  }
  const gap = facts.gapOn(day)
  if (gap <= facts.bands.onTrack) return judgements.on_track
  return gap <= facts.bands.atRisk ? judgements.at_risk : judgements.off_track
}

export type GuardrailState = { breached: boolean; unread: boolean; stale: boolean }
const stands = (health: DerivedHealth): boolean =>
  health === 'closed' || health === 'not_started' || health === 'no_data'

/** Effective health and its reasons from what was derived, reported and not read (section 5). */
export const effectiveHealth = (
  { health: derived, reason }: Judgement,
  reported: ReportedHealth | null,
  stale: boolean,
  guardrails: GuardrailState | null,
): HealthView => {
  if (stands(derived)) return { effective: derived, derived, reported, stale, reasons: reason === null ? [] : [reason] }
  let effective: Health = reported ?? derived
  if (stale && (effective === 'on_track' || effective === 'at_risk')) effective = 'stale'
  const reasons: HealthReason[] = []
  if (reason !== null && reason !== 'worst_item') reasons.push(reason)
  if (guardrails !== null && (guardrails.breached || guardrails.unread || guardrails.stale)) {
    if (effective === 'on_track' || effective === 'achieved') effective = 'at_risk'
    if (guardrails.breached) reasons.push('guardrail_breached')
    if (guardrails.unread) reasons.push('guardrail_unread')
  }
  if (stale || guardrails?.stale === true) reasons.push('stale')
  if (reported !== null) reasons.push('reported')
  if (reason === 'worst_item') reasons.push(reason)
  return { effective, derived, reported, stale, reasons }
}

/** Health on a day from a stored timeline (section 5); the day must not lie before the score's `scoredOn`. */
export const healthOn = (timeline: readonly HealthSegment[], day: Day): HealthView => {
  let index = timeline.length - 1
  while (index > 0 && (timeline[index]?.from ?? '') > day) index--
  const segment = timeline[index]
  if (segment === undefined) throw new Error('a timeline has at least one segment')
  const { effective, derived, reported, stale, reasons } = segment
  return { effective, derived, reported, stale, reasons }
}

/** The first day after `from` and up to `to` whose gap exceeds the bound, by halving; null when none does. */
export const crossingAfter = (
  gapOn: (day: number) => number,
  bound: number,
  from: number,
  to: number,
): number | null => {
  if (to <= from || gapOn(to) <= bound) return null
  let low = from
  let high = to
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (gapOn(middle) > bound) high = middle
    else low = middle
  }
  return high
}

/** The days on which a derived health may change by itself after today, in no order; some may lie before. */
export const turningDays = (facts: HealthFacts, today: Day): number[] => {
  const now = dayNumber(today)
  const days = [facts.startedOn, facts.lastDay + 1]
  // Where no gap is ever looked at, none need be searched for.
  if (facts.gapOn !== null && !facts.closed && facts.hasData && facts.progress !== 1) {
    const { onTrack, atRisk } = facts.bands
    for (const bound of [onTrack, atRisk]) {
      const day = crossingAfter(facts.gapOn, bound, now, facts.lastDay)
      if (day !== null) days.push(day)
    }
  }
  return days
}
