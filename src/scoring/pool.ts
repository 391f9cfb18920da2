import { round6 } from './rounding.ts'
import type { ItemRef, NodeScore, ProgressSource, ScoreOf } from './types.ts'

export type ExclusionReason =
  | 'draft'
  | 'cancelled'
  | 'deferred'
  | 'deleted'
  | 'guardrail'
  | 'supports'
  | 'source'
  | 'counted_below'
  | 'zero_weight'
  | 'no_data'
  | 'no_progress'

/** What a pool takes in: an objective's progressSource, or for a key result `aligned`, `initiatives` or `none`. */
export type Accepts = ProgressSource | 'initiatives' | 'none'
export type ExcludedItem = { item: ItemRef; reason: ExclusionReason }

/** A weighted mean with everything it was made of; null numbers when nothing counts. */
export type Pool = {
  /** The counted items, and their scores beside them. */
  items: ItemRef[]
  scores: NodeScore[]
  excluded: ExcludedItem[]
  guardrails: NodeScore[]
  /** Sum of the weights of the counted items. */
  weight: number
  progress: number | null
  coverage: number | null
  confidence: number | null
  projected: number | null
  reason: 'no_items' | 'zero_weight' | null
  read: boolean
}

const leftOutBySource = (item: ItemRef, accepts: Accepts): boolean => {
  if (accepts === 'both') return false
  if (accepts === 'key_results') return item.type === 'objective'
  if (accepts === 'aligned') return item.type !== 'objective'
  return accepts !== 'initiatives' || item.type !== 'initiative'
}

/** The first reason that keeps an item out, before its score is looked at (section 4); null when none does. */
const exclusionOf = (item: ItemRef, accepts: Accepts): ExclusionReason | null => {
  if (item.state === 'draft' || item.state === 'cancelled' || item.state === 'deferred') return item.state
  if (item.deleted === true) return 'deleted'
  if (item.role === 'guardrail') return 'guardrail'
  if (item.relation === 'supports') return 'supports'
  if (leftOutBySource(item, accepts)) return 'source'
  if (item.countedBelow === true) return 'counted_below'
  return item.weight === 0 ? 'zero_weight' : null
}

/** Whether the score of an item is looked at; what is kept out before that need not be scored first. */
export const readsScore = (item: ItemRef, accepts: Accepts): boolean => {
  const reason = exclusionOf(item, accepts)
  return reason === null || reason === 'guardrail'
}

/**
 * Sorts items into counted and excluded, and takes the weighted means over the counted ones (section 4). Give them in
 * ascending id order, the order of the sums. Scores are asked for only where they matter: guardrails, and items no earlier reason keeps out.
 */
export const poolOf = (items: readonly ItemRef[], accepts: Accepts, scoreOf: ScoreOf): Pool => {
  const counted: ItemRef[] = []
  const scores: NodeScore[] = []
  const excluded: ExcludedItem[] = []
  const guardrails: NodeScore[] = []
  let weight = 0
  let sum = 0
  let withData = 0
  let withoutData = 0
  let sure = 0
  let sureWeight = 0
  let ahead = 0
  let aheadWeight = 0
  let read = false
  let onlyZeroWeights = items.length > 0
  for (const item of items) {
    let reason = exclusionOf(item, accepts)
    if (reason === 'guardrail') guardrails.push(scoreOf(item.id))
    if (reason === null) {
      const score = scoreOf(item.id)
      const { confidence, progress, projected } = score
      const share = item.weight
      if (progress === null) {
        reason = item.type !== 'objective' && score.dataState === 'no_data' ? 'no_data' : 'no_progress'
        if (reason === 'no_data') withoutData += share
      } else {
        counted.push(item)
        scores.push(score)
        weight += share
        sum += share * progress
        withData += share * (score.coverage ?? 0)
        read ||= score.read
        if (confidence !== null) {
          sure += share * confidence
          sureWeight += share
        }
        if (projected !== null) {
          ahead += share * projected
          aheadWeight += share
        }
      }
    }
    if (reason !== null) excluded.push({ item, reason })
    if (reason !== 'zero_weight') onlyZeroWeights = false
  }
  const none = counted.length === 0
  return {
    items: counted,
    scores,
    excluded,
    guardrails,
    weight,
    progress: none ? null : round6(sum / weight),
    coverage: none ? null : round6(withData / (weight + withoutData)),
    confidence: sureWeight === 0 ? null : round6(sure / sureWeight),
    projected: aheadWeight === 0 ? null : round6(ahead / aheadWeight),
    reason: none ? (onlyZeroWeights ? 'zero_weight' : 'no_items') : null,
    read,
  }
}
