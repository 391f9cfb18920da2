import {
  defaultPolicy,
  type InitiativeInput,
  type ItemRef,
  type KeyResultInput,
  type ObjectiveInput,
  type Policy,
} from '../../scoring/index.ts'
import type { InitiativeRow, LinkRow } from './goal.below.ts'
import { type AlignmentRow, type KeyResultRow, type ObjectiveRow } from './goal.queries.ts'
import { type ReadingsRow, toReadings } from './goal.readings.ts'

const policyOf = ({ policy }: Pick<ObjectiveRow, 'policy'>): Policy => {
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

/** Work counts in an objective only with the weight it was given, in a key result it measures with 1 unless said. */
const initiativeItem = ({ id, weight, state }: InitiativeRow, unsaid: 0 | 1): ItemRef => ({
  type: 'initiative',
  id,
  weight: weight ?? unsaid,
  state,
})

/** What a key result is measured by beside its readings: key results added up in it, and work done for it. */
export type Below = { links: readonly LinkRow[]; initiatives: readonly InitiativeRow[] }
const nothingBelow: Below = { links: [], initiatives: [] }

/** A key result as the scoring core takes it. Days are effective: its own, else its objective's, else its cycle's. */
export const keyResultInput = (
  row: KeyResultRow,
  objective: ObjectiveRow,
  said: ReadingsRow | undefined,
  aligned: readonly AlignmentRow[],
  { links, initiatives }: Below = nothingBelow,
): KeyResultInput => ({
  id: row.id,
  kind: row.kind,
  source: row.source,
  role: row.role,
  state: row.state,
  commitment: objective.commitment,
  policy: policyOf(objective),
  cadence: row.cadence,
  staleAfter: said?.frequency === undefined || said.frequency === 'irregular' ? null : said.frequency,
  calendar: { weekStart: objective.weekStart, fiscalYearStartMonth: objective.fiscalYearStartMonth },
  firstDay: row.firstDay,
  lastDay: row.lastDay,
  settledOn: row.settledOn,
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
  readings: toReadings(said),
  firstReadingDay: said?.firstReadingDay ?? null,
  lastReadingDay: said?.lastReadingDay ?? null,
  reported: said?.reportedHealth && said.reportedOn ? { health: said.reportedHealth, day: said.reportedOn } : null,
  confidence: said?.confidence ?? null,
  items: [
    ...aligned.map((alignment) => alignedItem(alignment, false)),
    ...initiatives.map((initiative) => initiativeItem(initiative, 1)),
  ],
  contributions: links.map(({ childId, share }) => ({ keyResultId: childId, share })),
})

const cadences = ['day', 'week', 'month', 'quarter'] as const

/** An objective as the scoring core takes it; its cadence is the shortest of its key results'. */
export const objectiveInput = (
  row: ObjectiveRow,
  keyResults: readonly KeyResultRow[],
  aligned: readonly AlignmentRow[],
  countedBelow: ReadonlySet<string>,
  initiatives: readonly InitiativeRow[] = [],
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
  reported: row.reportedHealth && row.reportedOn ? { health: row.reportedHealth, day: row.reportedOn } : null,
  items: [
    ...keyResults.map(({ id, weight, state, role }): ItemRef => ({ type: 'key_result', id, weight, state, role })),
    ...aligned.map((alignment) => alignedItem(alignment, countedBelow.has(alignment.childId))),
    ...initiatives.map((initiative) => initiativeItem(initiative, 0)),
  ],
})

/** An initiative as the scoring core takes it. */
export const initiativeInput = (row: InitiativeRow): InitiativeInput => ({
  id: row.id,
  state: row.state,
  policy: policyOf(row),
  progress: row.progress,
  tasks: row.tasks.length > 0 ? { done: row.tasks.filter(({ done }) => done).length, all: row.tasks.length } : null,
  firstDay: row.startsOn,
  lastDay: row.dueOn,
})
