import { inDayOrder, inIdOrder } from './order.ts'
import { type Pool, poolOf } from './pool.ts'
import { round6 } from './rounding.ts'
import { countPeriods, isInside, type PeriodCount } from './threshold.ts'
import type { Day, KeyResultInput, Reading, ScoreOf, Step, Zone } from './types.ts'

/** Zones of an ordinal key result that names none (section 2). */
export const defaultZones: readonly Zone[] = [
  { name: 'fail', value: 0 },
  { name: 'commit', value: 0.3 },
  { name: 'target', value: 0.7 },
  { name: 'stretch', value: 1 },
]

/** What the readings say before policy, pace and health: the one reading of the rules that scores and explains. */
export type Assessment = {
  value: number | null
  /** Ordinal: the zone last reported. */
  zone: string | null
  attainment: number | null
  hasData: boolean
  read: boolean
  inside: boolean | null
  periods: PeriodCount | null
  pool: Pool | null
}

const nothing: Assessment = {
  value: null,
  zone: null,
  attainment: null,
  hasData: false,
  read: false,
  inside: null,
  periods: null,
  pool: null,
}

/** The number a reading stands for: its value, or the value of its zone; null when the zone is unknown. */
export const numberOf = (input: KeyResultInput, reading: Reading): number | null => {
  if (input.kind !== 'ordinal' || reading.zone === null) return reading.value
  return (input.zones ?? defaultZones).find((zone) => zone.name === reading.zone)?.value ?? null
}

const newest = (input: KeyResultInput, readings: readonly Reading[]): Reading | null => {
  for (let index = readings.length - 1; index >= 0; index--) {
    const reading = readings[index]!
    if (numberOf(input, reading) !== null) return reading
  }
  return null
}

/** Whether a number can be judged: a metric needs a baseline and a target that differ, as writes demand. */
const isDefined = ({ kind, baseline, target }: KeyResultInput): boolean =>
  kind !== 'metric' || (baseline != null && target != null && baseline !== target)

/** Attainment of a value, unrounded: metric, ordinal, baseline and threshold `latest` (section 2). */
export const attainmentOf = (input: KeyResultInput, value: number): number => {
  if (input.kind === 'metric') {
    const baseline = input.baseline ?? 0
    return (value - baseline) / ((input.target ?? 0) - baseline)
  }
  if (input.kind === 'threshold') return isInside(input, value) ? 1 : 0
  return input.kind === 'ordinal' ? value : 1
}

const ofSteps = (input: KeyResultInput, steps: readonly Step[]): Assessment => {
  let done = 0
  let all = 0
  for (const step of inIdOrder(steps)) {
    all += step.weight
    if (step.done) done += step.weight
  }
  const read = input.lastReadingDay !== null || done > 0
  return { ...nothing, attainment: all === 0 ? 0 : round6(done / all), hasData: true, read }
}

/** What a rollup adds up. */
export const linked = (contributions: KeyResultInput['contributions']): { id: string; share: number }[] =>
  (contributions ?? []).map(({ keyResultId, share }) => ({ id: keyResultId, share }))

const ofContributions = (input: KeyResultInput, scoreOf: ScoreOf): Assessment => {
  let sum: number | null = null
  for (const { id, share } of inIdOrder(linked(input.contributions))) {
    const { value } = scoreOf(id)
    if (value !== null) sum = (sum ?? 0) + share * value
  }
  if (sum === null) return nothing
  if (!isDefined(input)) return { ...nothing, value: sum, read: true }
  return { ...nothing, value: sum, attainment: round6(attainmentOf(input, sum)), hasData: true, read: true }
}

const ofItems = (input: KeyResultInput, scoreOf: ScoreOf): Assessment => {
  const pool = poolOf(inIdOrder(input.items ?? []), input.source === 'aligned' ? 'aligned' : 'initiatives', scoreOf)
  const hasData = pool.coverage !== null && pool.coverage > 0
  return { ...nothing, attainment: hasData ? pool.progress : null, hasData, read: pool.read, pool }
}

/** Judges the readings, steps or items of a key result as of a day (section 2). */
export const assess = (input: KeyResultInput, today: Day, scoreOf: ScoreOf): Assessment => {
  if (input.source === 'aligned' || input.source === 'initiatives') return ofItems(input, scoreOf)
  if (input.source === 'rollup') return ofContributions(input, scoreOf)
  if (input.kind === 'milestone') return ofSteps(input, input.steps ?? [])
  const readings = inDayOrder(input.readings)
  const reading = newest(input, readings)
  const value = reading === null ? null : numberOf(input, reading)
  const inside = input.kind === 'threshold' && value !== null ? isInside(input, value) : null
  if (input.kind === 'threshold' && input.mode != null && input.mode !== 'latest') {
    const periods = countPeriods(input, readings, today)
    const of = input.mode === 'accrual' ? periods.all : periods.counted
    const attainment = of === 0 ? 0 : round6(periods.hits / of)
    return { ...nothing, value, attainment, hasData: periods.read, read: value !== null, inside, periods }
  }
  if (value === null)
    return { ...nothing, attainment: input.kind === 'threshold' || input.kind === 'baseline' ? 0 : null }
  if (!isDefined(input)) return { ...nothing, value, read: true }
  const attainment = round6(attainmentOf(input, value))
  const zone = reading?.zone ?? null
  return { value, zone, attainment, hasData: true, read: true, inside, periods: null, pool: null }
}
