/** A calendar day 'YYYY-MM-DD' in the organization's time zone. */
export type Day = string
export type Cadence = 'day' | 'week' | 'month' | 'quarter'
export type Period = Cadence | 'year'
/** weekStart: 1 Monday .. 7 Sunday. fiscalYearStartMonth: 1 .. 12; quarters and years are counted from it. */
export type Calendar = { weekStart: number; fiscalYearStartMonth: number }

export type Commitment = 'committed' | 'aspirational' | 'learning'
export type NodeState = 'draft' | 'active' | 'achieved' | 'closed' | 'cancelled' | 'deferred'
export type InitiativeState = 'planned' | 'in_progress' | 'blocked' | 'done' | 'cancelled'
export type Kind = 'metric' | 'threshold' | 'milestone' | 'ordinal' | 'baseline'
export type Source = 'checkins' | 'kpi' | 'rollup' | 'aligned' | 'initiatives'
export type ThresholdMode = 'latest' | 'adherence' | 'accrual'
export type ProgressSource = 'both' | 'key_results' | 'aligned' | 'manual'
export type Verdict = 'achieved' | 'partial' | 'missed'

export type ReportedHealth = 'on_track' | 'at_risk' | 'off_track'
export type DerivedHealth = ReportedHealth | 'achieved' | 'closed' | 'not_started' | 'no_data'
export type Health = DerivedHealth | 'stale'
export type HealthReason =
  | 'pace'
  | 'threshold'
  | 'overdue'
  | 'guardrail_breached'
  | 'guardrail_unread'
  | 'stale'
  | 'reported'
  | 'no_data'
  | 'worst_item'

/** A cycle's policy. bands: the largest gap that is still on track / at risk. aspirationalPace: 0..1. */
export type Policy = {
  missing: 'zero' | 'exclude'
  bands: { onTrack: number; atRisk: number }
  objectiveHealth: 'pace' | 'worst'
  aspirationalPace: number
}

export const defaultPolicy: Policy = {
  missing: 'zero',
  bands: { onTrack: 0.1, atRisk: 0.25 },
  objectiveHealth: 'pace',
  aspirationalPace: 0.7,
}

/** What the newest check-in or update by a person said of the health, and its effective day. */
export type Reported = { health: ReportedHealth; day: Day }
/** `count` says of how many readings of the day the value is the mean: 1 unless said. */
export type Reading = { day: Day; value: number | null; zone: string | null; count?: number }
export type Waypoint = { date: Day; value: number }
export type Step = { id: string; weight: number; done: boolean; dueOn: Day | null }
export type Zone = { name: string; value: number }

/** The fields of a key result that say what its readings are measured against. Those of other kinds are left out or null. */
export type Definition = {
  kind: Kind
  baseline?: number | null
  target?: number | null
  /** Metric: points on the way, running monotonically from the baseline to the target. */
  waypoints?: readonly Waypoint[] | null
  min?: number | null
  max?: number | null
  exclusive?: boolean | null
  mode?: ThresholdMode | null
  /** Threshold, adherence and accrual: the length of a period; the cadence when left out. */
  period?: Period | null
  steps?: readonly Step[] | null
  /** Ordinal; the default zones when left out. */
  zones?: readonly Zone[] | null
}

/** One thing that may count in an objective, or in a key result whose source is `aligned` or `initiatives`. */
export type ItemRef = {
  type: 'key_result' | 'initiative' | 'objective'
  id: string
  /** 0 .. 10^6, relative to its neighbours. */
  weight: number
  state: NodeState | InitiativeState
  relation?: 'contributes' | 'supports' | null
  role?: 'measure' | 'guardrail' | null
  deleted?: boolean | null
  /** A child objective that already counts in one of this objective's key results. */
  countedBelow?: boolean | null
}

export type KeyResultInput = Definition & {
  id: string
  source: Source
  role: 'measure' | 'guardrail'
  state: NodeState
  /** Commitment and policy of its objective and cycle. */
  commitment: Commitment
  policy: Policy
  cadence: Cadence
  /** Source `kpi`: the KPI's frequency (null for `irregular`, which falls back to the cadence). */
  staleAfter?: Period | null
  calendar?: Calendar | null
  firstDay: Day
  lastDay: Day
  /** The day it was set to achieved or closed: its numbers stop moving with time there. */
  settledOn?: Day | null
  /**
   * In effective order (ties: later recorded last), without superseded and voided ones and those after the last day.
   * Metric, ordinal, baseline and threshold `latest` need the newest and those of the last half of the elapsed time, of
   * each day the mean if there are many; adherence and accrual all, a milestone none.
   */
  readings: readonly Reading[]
  /** Of all counting readings (step readings too), given apart so that not all need be loaded. */
  firstReadingDay?: Day | null
  lastReadingDay: Day | null
  /** Of the newest check-in by a person; null when that one carries no health. */
  reported: Reported | null
  /** Of the newest check-in by a person that carries one, 0..1. */
  confidence: number | null
  items?: readonly ItemRef[] | null
  /** Source `rollup`: share in (0, 1] of each contributing key result. */
  contributions?: readonly { keyResultId: string; share: number }[] | null
}

export type ObjectiveInput = {
  id: string
  state: NodeState
  commitment: Commitment
  policy: Policy
  cadence: Cadence
  progressSource: ProgressSource
  manualProgress: number | null
  firstDay: Day
  lastDay: Day
  /** Of the newest update; null when that one carries no health. */
  reported: Reported | null
  items: readonly ItemRef[]
}

export type InitiativeInput = {
  id: string
  state: InitiativeState
  policy: Policy
  /** What was reported, 0..1. */
  progress: number | null
  tasks: { done: number; all: number } | null
  firstDay: Day | null
  lastDay: Day | null
}

/** Expected progress as a function of the day, in plain JSON; read it with `expectedOn`. */
export type Pace =
  /** 0 until the first day, 1 from the second on, straight between. */
  | { linear: readonly [Day, Day] }
  /** Straight between the points, constant outside them. */
  | { points: readonly (readonly [Day, number])[] }
  /** 0 before the first step, then the value of the last step reached. */
  | { steps: readonly (readonly [Day, number])[] }
  /** Weighted mean of the rounded values of its curves. */
  | { mean: readonly (readonly [number, Pace])[] }
  /** One value per day from the given day on, constant outside: a mean of too many curves, worked out. */
  | { daily: readonly [Day, readonly number[]] }

export type HealthView = {
  effective: Health
  derived: DerivedHealth
  /** What a person reported, while it is in force. */
  reported: ReportedHealth | null
  stale: boolean
  reasons: readonly HealthReason[]
}

/** Health from a day on, if nothing is written; the first segment of a timeline has `from: null`. */
export type HealthSegment = HealthView & { from: Day | null }
export type ScoreReason = 'no_items' | 'zero_weight' | 'no_data'

/** What is stored for a node, and all that its parents read of it. */
export type NodeScore = {
  /** Key results with a number: v, in the key result's unit. */
  value: number | null
  attainment: number | null
  progress: number | null
  /** Why progress is null. */
  reason: ScoreReason | null
  /** Key result, initiative: 1 or 0. Objective: 0..1, null when progress is. */
  coverage: number | null
  confidence: number | null
  projected: number | null
  pace: Pace | null
  /** Holds from `scoredOn` on; read it with `healthOn`. */
  timeline: readonly HealthSegment[]
  dataState: 'ok' | 'no_data'
  /** Whether anything was read yet, here or in a counted item below. */
  read: boolean
  /** Threshold: whether the newest reading is inside; null unread, and for everything else. */
  inside: boolean | null
  scoredOn: Day
}

export type ScoreOf = (id: string) => NodeScore
