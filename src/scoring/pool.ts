import { addCurve, type Merged, type Weighted } from './pace.ts'
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
  /** Of the counted items: all but the excluded ones, in the order of the items. */
  scores: NodeScore[]
  excluded: ExcludedItem[]
  guardrails: NodeScore[]
  /** Sum of the weights of the counted items. */
  weight: number
  progress: number | null
  coverage: number | null
  confidence: number | null
  projected: number | null
  /** The curves of the counted items that are paced, with their weights, and the unrounded mean progress of these items. */
  curves: readonly Weighted[]
  pacedProgress: number
  reason: 'no_items' | 'zero_weight' | null
  read: boolean
}

const leftOutBySource = (item: ItemRef, accepts: Accepts): boolean => {
  if (accepts === 'both') return false
  if (accepts === 'key_results') return item.type === 'objective'
  if (accepts === 'aligned') return item.type !== 'objective'
  return accepts !== 'initiatives' || item.type !== 'initiative'
}

/** Items that are all given, and that nothing but their progress can keep out: their weights and scores, kept apart. */
export type Plain = { from: number; weights: Float64Array; below: Int32Array; found: readonly NodeScore[] }

/** The first reason that keeps an item out, before its score is looked at (section 4); null when none does. */
export const exclusionOf = (item: ItemRef, accepts: Accepts): ExclusionReason | null => {
  if (item.state === 'draft' || item.state === 'cancelled' || item.state === 'deferred') return item.state
  if (item.deleted === true) return 'deleted'
  if (item.role === 'guardrail') return 'guardrail'
  if (item.relation === 'supports') return 'supports'
  if (leftOutBySource(item, accepts)) return 'source'
  if (item.countedBelow === true) return 'counted_below'
  return item.weight === 0 ? 'zero_weight' : null
}

/** Whether the score of an item is looked at; what is kept out before that need not be scored first. */
export const readsScore = (reason: ExclusionReason | null): boolean => reason === null || reason === 'guardrail'

/**
 * Sorts items into counted and excluded, and takes the weighted means over the counted ones (section 4). Give them in
 * ascending id order, the order of the sums. Scores are asked for only where they matter: guardrails, and items no
 * earlier reason keeps out. Of plain items only those are looked at that do not count: they were written long before.
 */
export const poolOf = (items: readonly ItemRef[], accepts: Accepts, scoreOf: ScoreOf, plain?: Plain): Pool => {
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
  let paced = 0
  let pacedWeight = 0
  const merged: Merged = { curves: [], last: null, byKey: null }
  let read = false
  let onlyZeroWeights = items.length > 0
  for (let at = 0; at < items.length; at++) {
    const item = items[at]!
    let reason = plain === undefined ? exclusionOf(item, accepts) : null
    if (reason === 'guardrail') guardrails.push(scoreOf(item.id))
    if (reason === null) {
      const score = plain === undefined ? scoreOf(item.id) : plain.found[plain.below[plain.from + at]!]!
      const share = plain === undefined ? item.weight : plain.weights[plain.from + at]!
      const { confidence, pace, progress, projected } = score
      if (progress === null) {
        reason = item.type !== 'objective' && score.dataState === 'no_data' ? 'no_data' : 'no_progress'
        if (reason === 'no_data') withoutData += share
      } else {
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
        if (pace !== null) {
          paced += share * progress
          pacedWeight += share
          addCurve(merged, share, pace)
        }
      }
    }
    if (reason !== null) excluded.push({ item, reason })
    if (reason !== 'zero_weight') onlyZeroWeights = false
  }
  const none = scores.length === 0
  return {
    scores,
    excluded,
    guardrails,
    weight,
    progress: none ? null : round6(sum / weight),
    coverage: none ? null : round6(withData / (weight + withoutData)),
    confidence: sureWeight === 0 ? null : round6(sure / sureWeight),
    projected: aheadWeight === 0 ? null : round6(ahead / aheadWeight),
    curves: merged.curves,
    // Not rounded, and not beside a rounded expected progress: the gap is rounded once.
    pacedProgress: paced / pacedWeight,
    reason: none ? (onlyZeroWeights ? 'zero_weight' : 'no_items') : null,
    read,
  }
}
