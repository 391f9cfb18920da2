import type { Context } from '../../api/operation.ts'
import type { CascadeInput, NodeScore } from '../../scoring/index.ts'
import type { InitiativeRow, LinkRow } from './goal.below.ts'
import { initiativeInput, keyResultInput, objectiveInput } from './goal.inputs.ts'
import { kpiReadings } from './goal.kpi-readings.ts'
import type { AlignmentRow, KeyResultRow, ObjectiveRow, Seeds } from './goal.queries.ts'
import { type ReadingsRow, withKpi } from './goal.readings.ts'
import { readRows } from './goal.rows.ts'

/** Goals as read in one go: what the core is given, and what those who judge or answer look up. */
export type Goals = {
  objectives: ReadonlyMap<string, ObjectiveRow>
  keyResults: ReadonlyMap<string, KeyResultRow>
  readings: ReadonlyMap<string, ReadingsRow>
  alignments: readonly AlignmentRow[]
  links: readonly LinkRow[]
  initiatives: readonly InitiativeRow[]
  input: CascadeInput
  /** Whether there may be alert rules about goals. */
  isWatched: boolean
}

/**
 * Reads the seeds with their neighbours, and everything above them unless `climb` is false. Inputs are made for the key
 * results asked for and those measured by other goals; the others are known by the score they have.
 */
export const readGoals = async (ctx: Context, seeds: Partial<Seeds>): Promise<Goals> => {
  const found = await readRows(ctx, seeds)
  const { objectiveRows, keyResultRows, alignments, links, initiatives, readingsRows, isWatched } = found
  const objectives = new Map(objectiveRows.map((row) => [row.id, row]))
  const keyResults = new Map(keyResultRows.map((row) => [row.id, row]))
  const fromKpis = await kpiReadings(ctx, keyResultRows)
  const readings = new Map(readingsRows.map((row) => [row.id, withKpi(row, fromKpis.get(row.id))]))
  const alignedTo = Map.groupBy(alignments, (row) => row.parentObjectiveId ?? row.parentKeyResultId ?? '')
  const linkedTo = Map.groupBy(links, ({ parentId }) => parentId)
  const workOf = Map.groupBy(
    initiatives.flatMap((row) => [row.objectiveId, ...row.keyResultIds].map((goalId) => ({ goalId, row }))),
    ({ goalId }) => goalId,
  )
  const initiativesOf = (id: string) => (workOf.get(id) ?? []).map(({ row }) => row)
  const keyResultsOf = Map.groupBy(keyResultRows, ({ objectiveId }) => objectiveId)

  const asked = new Set(seeds.keyResultIds)
  const countedIn = (id: string) =>
    new Set(
      (keyResultsOf.get(id) ?? []).flatMap((row) =>
        row.source === 'aligned' ? (alignedTo.get(row.id) ?? []).map(({ childId }) => childId) : [],
      ),
    )
  const known = new Map<string, NodeScore>()
  for (const { id, score } of [...objectiveRows, ...keyResultRows]) if (score) known.set(id, score)
  for (const { childId, childScore } of [...alignments, ...links]) if (childScore) known.set(childId, childScore)

  const input = {
    keyResults: keyResultRows
      .filter(({ id, source }) => asked.has(id) || source !== 'checkins')
      .map((row) =>
        keyResultInput(
          row,
          objectives.get(row.objectiveId) as ObjectiveRow,
          readings.get(row.id),
          alignedTo.get(row.id) ?? [],
          { links: linkedTo.get(row.id) ?? [], initiatives: row.source === 'initiatives' ? initiativesOf(row.id) : [] },
        ),
      ),
    objectives: objectiveRows.map((row) =>
      objectiveInput(
        row,
        keyResultsOf.get(row.id) ?? [],
        alignedTo.get(row.id) ?? [],
        countedIn(row.id),
        initiativesOf(row.id),
      ),
    ),
    initiatives: initiatives.map(initiativeInput),
    known,
  }
  return { objectives, keyResults, readings, alignments, links, initiatives, input, isWatched }
}
