import type { CalendarPeriod, KpiAggregation, Period } from '../../scoring/index.ts'
import type { Dimensions } from '../measurements/measurement.table.ts'

/** Which values of KPIs are wanted. */
export type ValuesAsked = {
  /** Periods that touch these days; at most `mostPeriods` of them. */
  from: string
  to: string
  /** That of each KPI's frequency unless said. */
  grain?: Period | undefined
  filter?: Dimensions | undefined
  groupBy?: readonly string[] | undefined
  knownAt?: string | undefined
  /** How points are added up, where it is not as the KPI says. */
  aggregation?: KpiAggregation | undefined
  /** Whether longer periods are made of whole weeks, as those of weekly KPIs always are. */
  inWeeks?: boolean | undefined
  /** Throws where so many groups beside these periods are too much: asked before values are made of what was read. */
  permit?: ((groups: number, periods: readonly CalendarPeriod[]) => void) | undefined
}
