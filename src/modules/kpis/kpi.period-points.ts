import {
  type Calendar,
  type CalendarPeriod,
  type Computed,
  heldOn,
  type Period,
  periodOf,
  periodsBetween,
  periodValue,
  type Sums,
} from '../../scoring/index.ts'
import type { Dimensions } from '../measurements/measurement.table.ts'
import type { Definition } from './kpi.definitions.ts'
import type { Group } from './kpi.points.asked.ts'

/**
 * The value of one period. `day` is the last day it was true on, `wholeOn` the day the last of what it is measured by is over,
 * where all of that was measured.
 */
export type PeriodPoint = Computed & Sums & { day: string | null; wholeOn: string | null }
/** Points beside the periods asked for, place by place. */
export type ValueGroup = { dimensions: Dimensions; points: PeriodPoint[] }

/** A period nothing was measured in. */
export const nothing: PeriodPoint = {
  value: null,
  reason: null,
  numerator: null,
  denominator: null,
  points: 0,
  day: null,
  wholeOn: null,
}

/** At least so many days a period has. */
export const lengths: Record<Period, number> = { day: 1, week: 7, month: 28, quarter: 89, year: 365 }

/** How many periods of its frequency a KPI is to be measured in, and the day the last of them is over. */
type Demand = { parts: number; end: string }

/** What a frequency demands of periods that follow one another: itself once, or all of its periods that belong to each. */
export const demandOf = (
  frequency: Period | null,
  periods: readonly CalendarPeriod[],
  calendar: Calendar,
): readonly Demand[] => {
  const [first, last] = [periods[0], periods.at(-1)]
  if (!first || !last || frequency === null || lengths[frequency] >= lengths[first.grain])
    return periods.map(({ end }) => ({ parts: 1, end }))
  const parts = Map.groupBy(
    periodsBetween(first.start, last.end, frequency, calendar),
    (part) => periodOf(heldOn(part), first.grain, calendar).start,
  )
  return periods.map(({ start, end }) => {
    const own = parts.get(start) ?? []
    return { parts: own.length, end: own.at(-1)?.end ?? end }
  })
}

/** Cells put beside the periods demanded; where nothing was measured the period is there all the same. */
export const dense = (
  { aggregation }: Pick<Definition, 'aggregation'>,
  { dimensions, cells }: Group,
  demanded: readonly Demand[],
): ValueGroup => {
  const all = Array.from({ length: demanded.length }, () => nothing)
  for (const [place, sum, numerator, denominator, points, day, parts] of cells) {
    const { value, reason } = periodValue(aggregation, { value: sum, numerator, denominator, points })
    const demand = demanded[place - 1] as Demand
    const wholeOn = parts >= demand.parts ? demand.end : null
    all[place - 1] = { value, reason, numerator, denominator, points, day, wholeOn }
  }
  return { dimensions, points: all }
}

/** When what is made of others is whole: with the last of them; null where one of them is not. */
export const wholeWith = (inputs: readonly Pick<PeriodPoint, 'wholeOn'>[]): string | null =>
  inputs.reduce<string | null>(
    (latest, { wholeOn }) => (latest === null || wholeOn === null ? null : wholeOn > latest ? wholeOn : latest),
    '',
  ) || null
