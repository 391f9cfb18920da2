import { addPeriods, dayNumber } from './calendar.ts'
import { derivedHealth, effectiveHealth, type HealthFacts, standingHealth, turningDays } from './health.ts'
import { paceFactor } from './key-result.ts'
import { followMembers } from './members.ts'
import { compactPace, curveOf, meanPace, mergeCurves } from './pace.ts'
import { type Pool, poolOf } from './pool.ts'
import { round6 } from './rounding.ts'
import { timelineOf } from './timeline.ts'
import type { Day, HealthSegment, NodeScore, ObjectiveInput, Pace, ScoreOf } from './types.ts'

/**
 * The items of an objective, sorted and averaged (section 4). With `progressSource: manual` none counts, and the
 * number is the one a person gave, with coverage 1.
 */
export const poolOfObjective = (input: ObjectiveInput, scoreOf: ScoreOf): Pool => {
  const pool = poolOf(input.items, input.progressSource, scoreOf)
  if (input.progressSource !== 'manual') return pool
  if (input.manualProgress === null) return { ...pool, reason: 'no_items' }
  return { ...pool, progress: round6(input.manualProgress), coverage: 1, reason: null, read: true }
}

/** The curves of the counted items that are paced, with their weights, equal ones merged (section 5). */
export const curvesOfPool = ({ counted }: Pool): (readonly [number, Pace])[] => {
  const curves: [number, Pace][] = []
  for (const { item, score } of counted) if (score.pace !== null) curves.push([item.weight, score.pace])
  return mergeCurves(curves)
}

/**
 * The rounded gap on a day number over the counted items that are paced: Σ w (factor · e - p) ÷ Σ w (section 5). Null when
 * none is. Never falls as days pass.
 */
export const gapOfPool = (
  pool: Pool,
  curves: readonly (readonly [number, Pace])[],
  factor: number,
): ((day: number) => number) | null => {
  if (curves.length === 0) return null
  let sum = 0
  let weights = 0
  for (const { item, score, progress } of pool.counted) {
    if (score.pace === null) continue
    sum += item.weight * progress
    weights += item.weight
  }
  const progress = sum / weights
  // Not the node's own rounded expected progress: the gap is rounded once.
  const curve = curveOf({ mean: curves })
  return (day) => round6(factor * curve(day) - progress)
}

const timeline = (
  input: ObjectiveInput,
  pool: Pool,
  curves: readonly (readonly [number, Pace])[],
  today: Day,
): HealthSegment[] => {
  const worst = input.policy.objectiveHealth === 'worst'
  const facts: HealthFacts = {
    closed: input.state === 'closed',
    read: pool.read,
    startedOn: addPeriods(dayNumber(input.firstDay), input.cadence, 1),
    hasData: pool.coverage !== null && pool.coverage > 0,
    progress: pool.progress,
    lastDay: dayNumber(input.lastDay),
    commitment: input.commitment,
    inside: null,
    unpaced: 'by_progress',
    gapOn: gapOfPool(pool, curves, paceFactor(input.commitment, input.policy)),
    bands: input.policy.bands,
  }
  const members = followMembers(pool.counted, pool.guardrails, today, worst)
  const breached = pool.guardrails.some((guardrail) => guardrail.inside === false)
  const unread = pool.guardrails.some((guardrail) => guardrail.inside === null)
  const { reported } = input
  const reportedUntil = reported === null ? null : addPeriods(dayNumber(reported.day), input.cadence, 1)
  const turning = [...turningDays(facts, today), ...members.turningDays]
  if (reportedUntil !== null) turning.push(reportedUntil)
  return timelineOf(today, turning, (day) => {
    members.moveTo(day)
    const ofWorst = worst && standingHealth(facts, day) === null ? members.worst() : null
    const inForce = reportedUntil !== null && day < reportedUntil ? (reported?.health ?? null) : null
    return effectiveHealth(ofWorst ?? derivedHealth(facts, day), inForce, !facts.closed && members.allStale(), {
      breached,
      unread,
      stale: members.guardrailStale(),
    })
  })
}

/**
 * Scores an objective as of a day from the stored scores of its items (sections 4 and 5). `scoreOf` is asked for
 * guardrails and for items that nothing but their progress could keep out.
 */
export const scoreObjective = (input: ObjectiveInput, today: Day, scoreOf: ScoreOf): NodeScore =>
  scorePool(input, today, poolOfObjective(input, scoreOf))

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
