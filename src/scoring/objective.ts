import { addPeriods, dayNumber, dayNumberAgain } from './calendar.ts'
import { type Gap, gapAlong, never } from './health.ts'
import { paceFactor } from './key-result.ts'
import { followMembers } from './members.ts'
import { inIdOrder } from './order.ts'
import { compactPace, meanPace, mergeCurves, type Weighted } from './pace.ts'
import { type Pool, poolOf } from './pool.ts'
import { round6 } from './rounding.ts'
import { timelineOf } from './timeline.ts'
import type { Day, HealthSegment, NodeScore, ObjectiveInput, ScoreOf } from './types.ts'

/**
 * The items of an objective, sorted and averaged (section 4). With `progressSource: manual` none counts, and the
 * number is the one a person gave, with coverage 1.
 */
export const poolOfObjective = (
  input: ObjectiveInput,
  scoreOf: ScoreOf,
  items: ObjectiveInput['items'] = inIdOrder(input.items),
): Pool => {
  const pool = poolOf(items, input.progressSource, scoreOf)
  if (input.progressSource !== 'manual') return pool
  if (input.manualProgress === null) return { ...pool, reason: 'no_items' }
  return { ...pool, progress: round6(input.manualProgress), coverage: 1, reason: null, read: true }
}

/** The curves of the counted items that are paced, with their weights, equal ones merged (section 5). */
export const curvesOfPool = ({ items, scores }: Pool): Weighted[] => mergeCurves(items, scores)

/**
 * How far the counted items that are paced are behind: Σ w (factor · e - p) ÷ Σ w (section 5). Null when none is. Never
 * falls as days pass.
 */
export const gapOfPool = ({ items, scores }: Pool, curves: readonly Weighted[], factor: number): Gap | null => {
  const [first] = curves
  if (first === undefined) return null
  let sum = 0
  let weights = 0
  for (let at = 0; at < items.length; at++) {
    const { pace, progress } = scores[at]!
    const { weight } = items[at]!
    if (pace === null) continue
    sum += weight * (progress ?? 0)
    weights += weight
  }
  // Not the node's own rounded expected progress: the gap is rounded once.
  const progress = sum / weights
  return curves.length === 1
    ? gapAlong(first[1], first[0], factor, progress)
    : gapAlong({ mean: curves }, null, factor, progress)
}

const numberOfLastDay = dayNumberAgain()

const timeline = (
  input: ObjectiveInput,
  pool: Pool,
  curves: readonly Weighted[],
  today: Day,
): readonly HealthSegment[] => {
  const { cadence, commitment, policy, reported } = input
  const worst = policy.objectiveHealth === 'worst'
  return timelineOf(
    {
      closed: input.state === 'closed',
      read: pool.read,
      startedOn: pool.read ? -never : addPeriods(dayNumber(input.firstDay), cadence, 1),
      hasData: pool.coverage !== null && pool.coverage > 0,
      progress: pool.progress,
      lastDay: numberOfLastDay(input.lastDay),
      commitment,
      inside: null,
      unpaced: 'by_progress',
      gap: gapOfPool(pool, curves, paceFactor(commitment, policy)),
      bands: policy.bands,
      atRiskFrom: never,
      offTrackFrom: never,
      reported: reported === null ? null : reported.health,
      reportedUntil: reported === null ? -never : addPeriods(dayNumber(reported.day), cadence, 1),
      staleFrom: never,
      members: followMembers(pool, today, worst),
      worst,
    },
    today,
  )
}

/**
 * Scores an objective as of a day from the stored scores of its items (sections 4 and 5). `scoreOf` is asked for
 * guardrails and for items that nothing but their progress could keep out. `items` are its items in ascending id order,
 * from whoever has them so.
 */
export const scoreObjective = (
  input: ObjectiveInput,
  today: Day,
  scoreOf: ScoreOf,
  items?: ObjectiveInput['items'],
): NodeScore => scorePool(input, today, poolOfObjective(input, scoreOf, items))

/** The score of a pool already formed, so that an explanation and a score come from one pool. */
export const scorePool = (input: ObjectiveInput, today: Day, pool: Pool): NodeScore => {
  const curves = curvesOfPool(pool)
  const known = pool.coverage !== null && pool.coverage > 0
  return {
    value: null,
    attainment: null,
    progress: pool.progress,
    reason: pool.reason,
    coverage: pool.coverage,
    confidence: pool.confidence,
    projected: pool.projected,
    pace: compactPace(meanPace(curves)),
    timeline: timeline(input, pool, curves, today),
    dataState: known ? 'ok' : 'no_data',
    read: pool.read,
    inside: null,
    scoredOn: today,
  }
}
