import { type Assessment, assess, attainmentOf, numberOf } from './assessment.ts'
import { addPeriods, dayNumber, dayNumberAgain } from './calendar.ts'
import { paceOf } from './curves.ts'
import { gapAlong, never } from './health.ts'
import { inDayOrder } from './order.ts'
import { isLine, project } from './projection.ts'
import { clamp01, round6 } from './rounding.ts'
import { timelineOf } from './timeline.ts'
import type { Commitment, Day, HealthSegment, KeyResultInput, NodeScore, Pace, Policy, ScoreOf } from './types.ts'

/** How much of the expected progress counts in a gap: all of it when committed, else the policy's share (section 5). */
export const paceFactor = (commitment: Commitment, policy: Policy): number =>
  commitment === 'committed' ? 1 : policy.aspirationalPace

const hasOwnReadings = ({ source }: KeyResultInput): boolean => source === 'checkins' || source === 'kpi'

const isPlainThreshold = ({ kind, mode, source }: KeyResultInput): boolean =>
  kind === 'threshold' && (mode == null || mode === 'latest') && source !== 'aligned' && source !== 'initiatives'

const numberOfReadingDay = dayNumberAgain()
const numberOfLastDay = dayNumberAgain()

/** The day from which a key result counts as stale unless it is read again (section 5). */
const staleDay = (input: KeyResultInput): number => {
  if (!hasOwnReadings(input) || input.state === 'achieved' || input.state === 'closed') return never
  const since = input.lastReadingDay ?? inDayOrder(input.readings).at(-1)?.day ?? input.firstDay
  return addPeriods(numberOfReadingDay(since), input.staleAfter ?? input.cadence, 2) + 1
}

const timeline = (
  input: KeyResultInput,
  { hasData, inside, read }: Assessment,
  progress: number | null,
  pace: Pace | null,
  today: Day,
): readonly HealthSegment[] => {
  const { cadence, commitment, kind, policy, reported } = input
  const factor = paceFactor(commitment, policy)
  return timelineOf(
    {
      closed: input.state === 'closed',
      read,
      startedOn: read ? -never : addPeriods(dayNumber(input.firstDay), cadence, 1),
      hasData,
      progress,
      lastDay: numberOfLastDay(input.lastDay),
      commitment,
      inside: isPlainThreshold(input) ? inside : null,
      unpaced: kind === 'milestone' || kind === 'baseline' ? 'on_track' : 'by_progress',
      gap: gapAlong(pace, 1, factor, progress ?? 0),
      bands: policy.bands,
      atRiskFrom: never,
      offTrackFrom: never,
      reported: reported === null ? null : reported.health,
      reportedUntil: reported === null ? -never : addPeriods(dayNumber(reported.day), cadence, 1),
      staleFrom: staleDay(input),
      members: null,
      worst: false,
    },
    today,
  )
}

export const noScores: ScoreOf = (id) => {
  throw new Error(`no score of ${id} was given`)
}

/**
 * Scores a key result as of a day (sections 2 and 5). `scoreOf` is needed for the sources `rollup`, `aligned` and
 * `initiatives` only. A settled key result keeps the numbers of the day it was settled; its health follows the calendar.
 */
export const scoreKeyResult = (input: KeyResultInput, today: Day, scoreOf: ScoreOf = noScores): NodeScore =>
  scoreAssessed(input, today, assess(input, numbersOn(input, today), scoreOf))

/** The day its numbers are as of: today, or the day it was settled. */
export const numbersOn = ({ settledOn }: KeyResultInput, today: Day): Day =>
  settledOn != null && settledOn < today ? settledOn : today

/** The score of readings already judged, so that an explanation and a score come from one judgement. */
export const scoreAssessed = (input: KeyResultInput, today: Day, found: Assessment): NodeScore => {
  const { attainment, hasData } = found
  const missing = !hasData && input.policy.missing === 'exclude'
  const progress = missing ? null : clamp01(attainment ?? 0)
  const pace = paceOf(input)
  const projected =
    isLine(input.readings) && hasOwnReadings(input) && hasData && found.periods === null && input.kind !== 'milestone'
      ? project(
          inDayOrder(input.readings),
          input.firstDay,
          input.lastDay,
          numbersOn(input, today),
          (reading) => numberOf(input, reading),
          (value) => attainmentOf(input, value),
        )
      : null
  return {
    value: found.value,
    attainment,
    progress,
    reason: missing ? 'no_data' : null,
    coverage: hasData ? 1 : 0,
    confidence: input.confidence === null ? null : round6(input.confidence),
    projected,
    pace,
    timeline: timeline(input, found, progress, pace, today),
    dataState: hasData ? 'ok' : 'no_data',
    read: found.read,
    inside: found.inside,
    scoredOn: today,
  }
}
