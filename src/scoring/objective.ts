import { addPeriods, dayNumber, dayNumberAgain } from './calendar.ts'
import { type Gap, gapAlong, never } from './health.ts'
import { paceFactor } from './key-result.ts'
import { followMembers } from './members.ts'
import { inIdOrder } from './order.ts'
import { compactPace, meanPace } from './pace.ts'
import { type Plain, type Pool, poolOf } from './pool.ts'
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
  plain?: Plain,
): Pool => {
  const pool = poolOf(items, input.progressSource, scoreOf, plain)
  if (input.progressSource !== 'manual') return pool
  if (input.manualProgress === null) return { ...pool, reason: 'no_items' }
  return { ...pool, progress: round6(input.manualProgress), coverage: 1, reason: null, read: true }
}

/**
 * How far the counted items that are paced are behind: Σ w (factor · e - p) ÷ Σ w (section 5). Null when none is. Never
 * falls as days pass.
 */
export const gapOfPool = ({ curves, pacedProgress }: Pool, factor: number): Gap | null => {
  const [first] = curves
  if (first === undefined) return null
  return curves.length === 1
    ? gapAlong(first[1], first[0], factor, pacedProgress)
    : gapAlong({ mean: curves }, null, factor, pacedProgress)
}

const numberOfLastDay = dayNumberAgain()

const timeline = (input: ObjectiveInput, pool: Pool, today: Day): readonly HealthSegment[] => {
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
      gap: gapOfPool(pool, paceFactor(commitment, policy)),
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
 * and `plain` what their pool needs of them, from whoever has them so.
 */
export const scoreObjective = (
  input: ObjectiveInput,
  today: Day,
  scoreOf: ScoreOf,
  items?: ObjectiveInput['items'],
  plain?: Plain,
): NodeScore => scorePool(input, today, poolOfObjective(input, scoreOf, items, plain))

/** The score of a pool already formed, so that an explanation and a score come from one pool. */
export const scorePool = (input: ObjectiveInput, today: Day, pool: Pool): NodeScore => {
  const known = pool.coverage !== null && pool.coverage > 0
  return {
    value: null,
    attainment: null,
    progress: pool.progress,
    reason: pool.reason,
    coverage: pool.coverage,
    confidence: pool.confidence,
    projected: pool.projected,
    pace: compactPace(meanPace(pool.curves)),
    timeline: timeline(input, pool, today),
    dataState: known ? 'ok' : 'no_data',
    read: pool.read,
    inside: null,
    scoredOn: today,
  }
}
