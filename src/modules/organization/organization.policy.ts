import { inputProblem } from '../../api/problem.ts'
import type { Policy } from '../../scoring/index.ts'

/** The band of what is at risk lies beyond the one of what is on track. Throws 422. */
export const judgeBands = ({ bands }: Partial<Policy>): void => {
  if (bands && bands.onTrack > bands.atRisk)
    throw inputProblem('invalid_input', '/policy/bands', 'onTrack is at most atRisk')
}

/** What counts as too much, or too little, in insights. */
export type InsightPolicy = {
  /** Key results of one objective, objectives of one owner in a cycle, KPIs in one place. */
  mostKeyResults: number
  mostObjectives: number
  mostKpis: number
  /** Share of an objective's weight below which a key result is not heard, 0..1. */
  smallestShare: number
  /** Part of its value a KPI has to lose over the periods of its trend to count as declining, 0..1. */
  decline: number
}

/** What the practice literature says; an organization may decide otherwise. */
export const standardInsightPolicy: InsightPolicy = {
  mostKeyResults: 5,
  mostObjectives: 5,
  mostKpis: 30,
  smallestShare: 0.05,
  decline: 0.05,
}
