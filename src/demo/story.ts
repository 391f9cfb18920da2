/** What a person said in a week, beside the reading. */
type Said = { note?: string; confidence?: number; reportedHealth?: 'on_track' | 'at_risk' | 'off_track' }

/** A key result and the story of its quarter. */
export type DemoKeyResult = {
  key: string
  objective: string
  owner: string
  title: string
  /** As the API takes it. */
  definition: Record<string, unknown>
  /** The code of the KPI it follows. */
  kpi?: string
  /** Week and the value it should have by its end. */
  waypoints?: readonly [number, number][]
  /** One for each week of the quarter: a value, or the name of a zone or of the step that was finished; null is none. */
  readings: readonly (number | string | null)[]
  /** How sure the owner is to begin with. */
  confidence: number
  /** By week, the first is 1. Confidence holds until it is said anew. */
  said?: Readonly<Record<number, Said>>
}
