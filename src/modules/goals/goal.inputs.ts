import {
  defaultPolicy,
  type ItemRef,
  type KeyResultInput,
  type ObjectiveInput,
  type Policy,
} from '../../scoring/index.ts'
import {
  type AlignmentRow,
  type KeyResultRow,
  type ObjectiveRow,
  type ReadingsRow,
  toReadings,
} from './goal.queries.ts'

const policyOf = ({ policy }: ObjectiveRow): Policy => {
  const { progressSource: _source, ...own } = (policy ?? {}) as Partial<Policy> & { progressSource?: unknown }
  return { ...defaultPolicy, ...own }
}

const alignedItem = ({ childId, weight, relation, childState }: AlignmentRow, countedBelow: boolean): ItemRef => ({
  type: 'objective',
  id: childId,
  weight,
  relation,
  state: childState,
  countedBelow,
})

/** A key result as the scoring core takes it. Days are effective: its own, else its objective's, else its cycle's. */
export const keyResultInput = (
  row: KeyResultRow,
  objective: ObjectiveRow,
  said: ReadingsRow | undefined,
  aligned: readonly AlignmentRow[],
): KeyResultInput => ({
  id: row.id,
  kind: row.kind,
  source: row.source,
  role: row.role,
  state: row.state,
  commitment: objective.commitment,
  policy: policyOf(objective),
  cadence: row.cadence,
  calendar: { weekStart: objective.weekStart, fiscalYearStartMonth: objective.fiscalYearStartMonth },
  firstDay: row.firstDay,
  lastDay: row.lastDay,
  baseline: row.baseline,
  target: row.target,
  waypoints: row.waypoints,
  min: row.min,
  max: row.max,
  exclusive: row.exclusive,
  mode: row.mode,
  period: row.period,
  steps: row.steps?.map((step) => ({ ...step, done: said?.steps?.[step.id] ?? false })) ?? null,
  zones: row.zones,
  readings: toReadings(said?.readings ?? null),
  firstReadingDay: said?.firstReadingDay ?? null,
  lastReadingDay: said?.lastReadingDay ?? null,
  reported: said?.reportedHealth && said.reportedOn ? { health: said.reportedHealth, day: said.reportedOn } : null,
  confidence: said?.confidence ?? null,
  items: aligned.map((alignment) => alignedItem(alignment, false)),
})

const cadences = ['day', 'week', 'month', 'quarter'] as const

/** An objective as the scoring core takes it; its cadence is the shortest of its key results'. */
export const objectiveInput = (
  row: ObjectiveRow,
  keyResults: readonly KeyResultRow[],
  aligned: readonly AlignmentRow[],
  countedBelow: ReadonlySet<string>,
): ObjectiveInput => ({
  id: row.id,
  state: row.state,
  commitment: row.commitment,
  policy: policyOf(row),
  cadence: cadences.find((cadence) => keyResults.some((keyResult) => keyResult.cadence === cadence)) ?? 'week',
  progressSource: row.progressSource,
  manualProgress: row.manualProgress,
  firstDay: row.firstDay,
  lastDay: row.lastDay,
  reported: null,
  items: [
    ...keyResults.map(({ id, weight, state, role }): ItemRef => ({ type: 'key_result', id, weight, state, role })),
    ...aligned.map((alignment) => alignedItem(alignment, countedBelow.has(alignment.childId))),
  ],
})
