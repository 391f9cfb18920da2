import type { Members } from './members.ts'
import { type Curve, curveOf, type Line, straight } from './pace.ts'
import { round6 } from './rounding.ts'
import type { Commitment, DerivedHealth, HealthReason, Pace, Policy, ReportedHealth } from './types.ts'
import { verdictOf } from './verdict.ts'

/** How far a node is behind on a day. */
export type Gap = {
  curve: Curve
  /** Where the curve is a straight line. */
  line: Line | null
  /** Weight of the one curve whose rounded value counts; null for a mean of several, which is rounded with the gap. */
  weight: number | null
  /** How much of the expected progress counts, 0..1. */
  factor: number
  progress: number
}

/** How far a progress is behind a pace, as `Gap` says it; null when not paced. */
export const gapAlong = (pace: Pace | null, weight: number | null, factor: number, progress: number): Gap | null => {
  if (pace === null) return null
  const line = straight(pace)
  return { curve: line === null ? curveOf(pace) : line.curve, line, weight, factor, progress }
}

/** All that the derived health of one node depends on besides the day. Days are day numbers. */
export type HealthFacts = {
  closed: boolean
  read: boolean
  /** The day on which the first cadence has passed; asked for only of what was not read. */
  startedOn: number
  hasData: boolean
  progress: number | null
  lastDay: number
  commitment: Commitment
  /** Threshold `latest` only: whether the newest reading is inside. */
  inside: boolean | null
  /** What an unpaced node is: on track, or on track from progress 0.7. */
  unpaced: 'on_track' | 'by_progress'
  /** Null when not paced. It never falls as days pass. */
  gap: Gap | null
  bands: Policy['bands']
  /** The days from which the gap exceeds each band, as `findBandDays` finds them from the gap; `never` when it does not. */
  atRiskFrom: number
  offTrackFrom: number
}

/** And all that the effective health depends on. */
export type Outlook = HealthFacts & {
  /** What a person reported, and the day from which it is no longer in force. */
  reported: ReportedHealth | null
  reportedUntil: number
  /** The day from which it counts as stale unless it is read again. */
  staleFrom: number
  /** Objectives are as stale, and by policy as bad, as their items. */
  members: Members | null
  /** Policy `objectiveHealth: worst`. */
  worst: boolean
}

/** Later than every day, and a small integer still. */
export const never = 0x3fff_ffff

export type Judgement = { code: number; health: DerivedHealth; reason: HealthReason | null }

/** `code` numbers them from 0. */
const judgements = {
  closed: { code: 0, health: 'closed', reason: null },
  not_started: { code: 1, health: 'not_started', reason: null },
  no_data: { code: 2, health: 'no_data', reason: 'no_data' },
  achieved: { code: 3, health: 'achieved', reason: null },
  on_track: { code: 4, health: 'on_track', reason: null },
  outside: { code: 5, health: 'off_track', reason: 'threshold' },
  unpaced_at_risk: { code: 6, health: 'at_risk', reason: null },
  at_risk: { code: 7, health: 'at_risk', reason: 'pace' },
  off_track: { code: 8, health: 'off_track', reason: 'pace' },
  overdue_achieved: { code: 9, health: 'achieved', reason: 'overdue' },
  overdue_partial: { code: 10, health: 'at_risk', reason: 'overdue' },
  overdue_missed: { code: 11, health: 'off_track', reason: 'overdue' },
} as const satisfies Record<string, Judgement>

/** Worst first: known trouble before the unknown, the unknown before what goes well (section 5, policy `worst`). */
export const worstFirst: readonly Judgement[] = [
  { code: 12, health: 'off_track', reason: 'worst_item' },
  { code: 13, health: 'at_risk', reason: 'worst_item' },
  { code: 14, health: 'no_data', reason: 'worst_item' },
  judgements.on_track,
  judgements.not_started,
  judgements.achieved,
]

/** The rounded gap on a day number (section 5). */
export const gapOn = ({ curve, weight, factor, progress }: Gap, day: number): number => {
  const expected = curve(day)
  if (weight === null) return round6(factor * expected - progress)
  const rounded = round6(expected)
  return round6(factor * (weight === 1 ? rounded : (weight * rounded) / weight) - progress)
}

/** The rows that neither pace nor a person can change; null when none of them holds. */
export const standingHealth = (facts: HealthFacts, day: number): Judgement | null => {
  if (facts.closed) return judgements.closed
  if (!facts.read && day < facts.startedOn) return judgements.not_started
  return facts.hasData && facts.progress !== null ? null : judgements.no_data
}

const overdue = (progress: number, commitment: Commitment): Judgement => {
  const verdict = verdictOf(progress, commitment)
  if (verdict === 'achieved') return judgements.overdue_achieved
  return verdict === 'partial' ? judgements.overdue_partial : judgements.overdue_missed
}

/** Derived health on a day: the first row of the table that holds (section 5). */
export const derivedHealth = (facts: HealthFacts, day: number): Judgement => {
  const standing = standingHealth(facts, day)
  if (standing !== null) return standing
  const progress = facts.progress ?? 0
  if (day > facts.lastDay) return overdue(progress, facts.commitment)
  if (facts.inside !== null) return facts.inside ? judgements.on_track : judgements.outside
  if (progress === 1) return judgements.achieved
  if (facts.gap === null) {
    return facts.unpaced === 'on_track' || progress >= 0.7 ? judgements.on_track : judgements.unpaced_at_risk
  }
  if (day < facts.atRiskFrom) return judgements.on_track
  return day < facts.offTrackFrom ? judgements.at_risk : judgements.off_track
}
