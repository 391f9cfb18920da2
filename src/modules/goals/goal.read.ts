import type { Context } from '../../api/operation.ts'
import type { CascadeInput, NodeScore } from '../../scoring/index.ts'
import { keyResultInput, objectiveInput } from './goal.inputs.ts'
import {
  type AlignmentRow,
  type KeyResultRow,
  loadAlignments,
  loadKeyResults,
  loadObjectives,
  loadReadings,
  type ObjectiveRow,
  type ReadingsRow,
  type Seeds,
} from './goal.queries.ts'

/** Goals as read in one go: what the core is given, and what those who judge or answer look up. */
export type Goals = {
  objectives: ReadonlyMap<string, ObjectiveRow>
  keyResults: ReadonlyMap<string, KeyResultRow>
  readings: ReadonlyMap<string, ReadingsRow>
  alignments: readonly AlignmentRow[]
  input: CascadeInput
}

/**
 * Reads the seeds with their neighbours, and everything above them unless `climb` is false. Inputs are made for the key
 * results asked for and those measured by other goals; the others are known by the score they have.
 */
export const readGoals = async (ctx: Context, seeds: Partial<Seeds>): Promise<Goals> => {
  const all = { objectiveIds: [], keyResultIds: [], ...seeds }
  const [objectiveRows, keyResultRows, alignments, readingsRows] = await Promise.all([
    loadObjectives(ctx, all),
    loadKeyResults(ctx, all),
    loadAlignments(ctx, all),
    loadReadings(ctx, all.keyResultIds),
  ])
  const objectives = new Map(objectiveRows.map((row) => [row.id, row]))
  const keyResults = new Map(keyResultRows.map((row) => [row.id, row]))
  const readings = new Map(readingsRows.map((row) => [row.id, row]))
  const alignedTo = Map.groupBy(alignments, (row) => row.parentObjectiveId ?? row.parentKeyResultId ?? '')
  const keyResultsOf = Map.groupBy(keyResultRows, ({ objectiveId }) => objectiveId)

  const asked = new Set(all.keyResultIds)
  const countedIn = (id: string) =>
    new Set(
      (keyResultsOf.get(id) ?? []).flatMap((row) =>
        row.source === 'aligned' ? (alignedTo.get(row.id) ?? []).map(({ childId }) => childId) : [],
      ),
    )
  const known = new Map<string, NodeScore>()
  for (const { id, score } of [...objectiveRows, ...keyResultRows]) if (score) known.set(id, score)
  for (const { childId, childScore } of alignments) if (childScore) known.set(childId, childScore)

  const input = {
    keyResults: keyResultRows
      .filter(({ id, source }) => asked.has(id) || source === 'aligned')
      .map((row) =>
        keyResultInput(
          row,
          objectives.get(row.objectiveId) as ObjectiveRow,
          readings.get(row.id),
          alignedTo.get(row.id) ?? [],
        ),
      ),
    objectives: objectiveRows.map((row) =>
      objectiveInput(row, keyResultsOf.get(row.id) ?? [], alignedTo.get(row.id) ?? [], countedIn(row.id)),
    ),
    initiatives: [],
    known,
  }
  return { objectives, keyResults, readings, alignments, input }
}

/** A closed goal counts at its last value: once its score says so, nothing scores it again until it is reopened. */
export const isSettled = ({ state, score }: Pick<ObjectiveRow, 'state' | 'score'>): boolean =>
  state === 'closed' && score?.timeline[0]?.effective === 'closed'
