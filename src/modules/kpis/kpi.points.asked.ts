import type { KpiAggregation } from '../../scoring/index.ts'
import type { Dimensions } from '../measurements/measurement.table.ts'

/** Points added up into periods, which are given by their first and last days, ascending. */
export type PointsAsked = {
  kpiIds: readonly string[]
  starts: readonly string[]
  ends: readonly string[]
  /** Only series that carry all of these. */
  filter: Dimensions
  /** A group for each set of values of these. */
  groupBy: readonly string[]
  /** What was known at an instant; null is now. */
  knownAt: string | null
  /** Whether periods are those of the points themselves, and may overlap, instead of following one another. */
  own: boolean
  /** How points are added up, where it is not as the KPI says. */
  aggregation: KpiAggregation | null
  /** First days of the periods of the KPI's frequency, where the periods asked for are longer. */
  parts: readonly string[] | null
  /** The first day of any week, where weeks count as a whole: a day then belongs where its week does (decision 38). */
  week: string | null
  /** Points that begin from the one day to the other are looked at. */
  between: readonly [string, string]
}

/** `[place of the period, value, Σ numerator, Σ denominator, points, last day it was true on, parts that have points]` */
export type Cell = [
  at: number,
  value: number | null,
  numerator: number | null,
  denominator: number | null,
  points: number,
  day: string,
  parts: number,
]
export type Group = { kpiId: string; dimensions: Dimensions; cells: Cell[] }

/** Points that count now, and those that counted at an instant. */
export const current = 'm.superseded_at is null and m.deleted_at is null'
export const known = (instant: string): string => `m.created_at <= ${instant}::timestamptz
  and (m.superseded_at is null or m.superseded_at > ${instant}::timestamptz)
  and (m.deleted_at is null or m.deleted_at > ${instant}::timestamptz)`

/** The day a point was recorded, in the time zone $3: a point was true on the last day of its period, or on that one before. */
export const dayOfRecording = '(m.created_at at time zone $3)::date'
