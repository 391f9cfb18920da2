import { type Computed, periodValue, type Sums } from '../../scoring/index.ts'
import type { Dimensions } from '../measurements/measurement.table.ts'
import type { Definition } from './kpi.definitions.ts'
import type { Group } from './kpi.points.asked.ts'

/** The value of one period. `day` is the last day it was true on, `parts` the periods of its frequency that have points. */
export type PeriodPoint = Computed & Sums & { day: string | null; parts: number }
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
  parts: 0,
}

/** Cells put beside `count` periods; where nothing was measured the period is there all the same. */
export const dense = ({ aggregation }: Definition, { dimensions, cells }: Group, count: number): ValueGroup => {
  const all = Array.from({ length: count }, () => nothing)
  for (const [place, sum, numerator, denominator, points, day, parts] of cells) {
    const { value, reason } = periodValue(aggregation, { value: sum, numerator, denominator, points })
    all[place - 1] = { value, reason, numerator, denominator, points, day, parts }
  }
  return { dimensions, points: all }
}
