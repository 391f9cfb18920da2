import { type Assessment, assess, defaultZones } from './assessment.ts'
import { dayNumber } from './calendar.ts'
import { gapOn } from './health.ts'
import { noScores, numbersOn, paceFactor, scoreAssessed } from './key-result.ts'
import { gapOfPool, poolOfObjective, scorePool } from './objective.ts'
import { inIdOrder } from './order.ts'
import { expectedOn } from './pace.ts'
import { type Accepts, type ExclusionReason, type Pool, poolOf } from './pool.ts'
import { round6 } from './rounding.ts'
import type { Day, ItemRef, KeyResultInput, NodeScore, ObjectiveInput, ScoreOf, ScoreReason } from './types.ts'
import { scoringVersion } from './version.ts'

export type Formula =
  | 'metric'
  | 'threshold_latest'
  | 'threshold_adherence'
  | 'threshold_accrual'
  | 'milestone'
  | 'ordinal'
  | 'baseline'
  | 'kpi'
  | 'rollup'
  | 'aligned'
  | 'initiatives'
  | 'weighted_mean'
  | 'manual'

export type ExplainedItem = {
  type: ItemRef['type']
  id: string
  weight: number
  /** Its weight over that of all counted items, 0..1. */
  effectiveWeight: number
  progress: number
  /** Its part of the progress above: all contributions sum to it, to the rounding. */
  contribution: number
}
export type ExplainedExclusion = { type: ItemRef['type']; id: string; weight: number; reason: ExclusionReason }

/** One level of an explanation; the levels below are the explanations of its items. */
export type Explanation = {
  type: 'objective' | 'key_result'
  id: string
  formula: Formula
  /** The numbers the formula takes, plain JSON. */
  inputs: Record<string, unknown>
  attainment: number | null
  progress: number | null
  reason: ScoreReason | null
  coverage: number | null
  expectedProgress: number | null
  gap: number | null
  items: ExplainedItem[]
  excluded: ExplainedExclusion[]
  scoringVersion: number
}

const itemsOf = ({ excluded, scores, weight }: Pool, items: readonly ItemRef[]): ExplainedItem[] => {
  const left = new Set(excluded.map(({ item }) => item))
  return items
    .filter((item) => !left.has(item))
    .map((item, at) => {
      const progress = scores[at]?.progress ?? 0
      return {
        type: item.type,
        id: item.id,
        weight: item.weight,
        effectiveWeight: round6(item.weight / weight),
        progress,
        contribution: round6((item.weight * progress) / weight),
      }
    })
}

const exclusionsOf = ({ excluded }: Pool): ExplainedExclusion[] =>
  excluded.map(({ item, reason }) => ({ type: item.type, id: item.id, weight: item.weight, reason }))

/** One level of the explanation of an objective, from the very pool that scores it (sections 4 and 9). */
export const explainObjective = (input: ObjectiveInput, today: Day, scoreOf: ScoreOf): Explanation => {
  const items = inIdOrder(input.items)
  const pool = poolOfObjective(input, scoreOf, items)
  const score = scorePool(input, today, pool)
  const manual = input.progressSource === 'manual'
  const { progressSource, manualProgress } = input
  const gap = gapOfPool(pool, paceFactor(input.commitment, input.policy))
  return {
    type: 'objective',
    id: input.id,
    formula: manual ? 'manual' : 'weighted_mean',
    inputs: manual ? { progressSource, manualProgress } : { progressSource },
    ...numbersOf(score, today),
    gap: gap === null ? null : gapOn(gap, dayNumber(today)),
    items: itemsOf(pool, items),
    excluded: exclusionsOf(pool),
    scoringVersion,
  }
}

const numbersOf = (score: NodeScore, today: Day) => ({
  attainment: score.attainment,
  progress: score.progress,
  reason: score.reason,
  coverage: score.coverage,
  expectedProgress: expectedOn(score.pace, today),
})

const formulaOf = ({ kind, source, mode }: KeyResultInput): Formula => {
  if (source === 'aligned' || source === 'initiatives' || source === 'rollup') return source
  if (kind === 'threshold') return `threshold_${mode ?? 'latest'}`
  return kind === 'metric' && source === 'kpi' ? 'kpi' : kind
}

const bounds = ({ min, max, exclusive }: KeyResultInput) => ({
  min: min ?? null,
  max: max ?? null,
  exclusive: exclusive === true,
})

const inputsOf = (input: KeyResultInput, found: Assessment, scoreOf: ScoreOf): Record<string, unknown> => {
  const { value, zone, inside, periods } = found
  const { baseline = null, target = null } = input
  switch (formulaOf(input)) {
    case 'metric':
    case 'kpi':
      return { baseline, target, value }
    case 'rollup': {
      const contributions = (input.contributions ?? []).map((link) => ({
        ...link,
        value: scoreOf(link.keyResultId).value,
      }))
      return { baseline, target, value, contributions }
    }
    case 'threshold_latest':
      return { ...bounds(input), value, inside }
    case 'threshold_adherence':
    case 'threshold_accrual':
      return { ...bounds(input), period: input.period ?? input.cadence, ...periods }
    case 'milestone':
      return { steps: (input.steps ?? []).map(({ id, weight, done, dueOn }) => ({ id, weight, done, dueOn })) }
    case 'ordinal':
      return { zones: input.zones ?? defaultZones, zone, value }
    default:
      return { value }
  }
}

/** What a key result whose source takes no items has to say of those that name it: shown, never counted. */
const shown = (items: readonly ItemRef[], scoreOf: ScoreOf): Pool => poolOf(items, 'none' satisfies Accepts, scoreOf)

/** One level of the explanation of a key result, from the very judgement that scores it (sections 2 and 9). */
export const explainKeyResult = (input: KeyResultInput, today: Day, scoreOf: ScoreOf = noScores): Explanation => {
  const found = assess(input, numbersOn(input, today), scoreOf)
  const score = scoreAssessed(input, today, found)
  const items = inIdOrder(input.items ?? [])
  const pool = found.pool ?? shown(items, scoreOf)
  const expectedProgress = expectedOn(score.pace, today)
  return {
    type: 'key_result',
    id: input.id,
    formula: formulaOf(input),
    inputs: found.pool === null ? inputsOf(input, found, scoreOf) : { source: input.source },
    ...numbersOf(score, today),
    gap:
      expectedProgress === null || score.progress === null
        ? null
        : round6(paceFactor(input.commitment, input.policy) * expectedProgress - score.progress),
    items: itemsOf(pool, items),
    excluded: exclusionsOf(pool),
    scoringVersion,
  }
}

export type Hidden = { count: number; weight: number; contribution: number }

/**
 * Merges what the reader may not see into one number each, so that the contributions still sum to the progress
 * (section 9). `count` includes hidden exclusions, which have neither weight nor contribution here.
 */
export const hideItems = <Kept extends Explanation>(
  explanation: Kept,
  mayRead: (item: { type: ItemRef['type']; id: string }) => boolean,
): Kept & { hidden: Hidden } => {
  const hidden = { count: 0, weight: 0, contribution: 0 }
  const items = explanation.items.filter((item) => {
    if (mayRead(item)) return true
    hidden.count++
    hidden.weight += item.weight
    hidden.contribution += item.contribution
    return false
  })
  const excluded = explanation.excluded.filter((item) => {
    if (mayRead(item)) return true
    hidden.count++
    return false
  })
  return { ...explanation, items, excluded, hidden: { ...hidden, contribution: round6(hidden.contribution) } }
}
