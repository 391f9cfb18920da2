import type { Context } from '../../api/operation.ts'
import { query } from '../../db/statement.ts'
import type { CascadeInput, NodeScore } from '../../scoring/index.ts'
import { type InitiativeRow, initiativesText, type LinkRow, linksText } from './goal.below.ts'
import { initiativeInput, keyResultInput, objectiveInput } from './goal.inputs.ts'
import { kpiReadings } from './goal.kpi-readings.ts'
import {
  type AlignmentRow,
  alignmentsText,
  type KeyResultRow,
  keyResultsText,
  line,
  type ObjectiveRow,
  objectivesText,
  type Seeds,
} from './goal.queries.ts'
import { type ReadingsRow, readingsText, withKpi } from './goal.readings.ts'

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

type Found = {
  objectiveRows: ObjectiveRow[]
  keyResultRows: KeyResultRow[]
  alignments: AlignmentRow[]
  links: LinkRow[]
  initiatives: InitiativeRow[]
  readingsRows: ReadingsRow[]
  isWatched: boolean
}

const rows = (text: string, name: keyof Found): string =>
  `(select coalesce(json_agg(found), '[]') from (${text}) found) as "${name}"`

// One statement: the line is worked out once, and under a held lock each further statement is time others wait.
const goalsText = `${line} select ${[
  rows(objectivesText, 'objectiveRows'),
  rows(keyResultsText, 'keyResultRows'),
  rows(alignmentsText, 'alignments'),
  rows(linksText, 'links'),
  rows(initiativesText, 'initiatives'),
  rows(readingsText, 'readingsRows'),
  // Whether somebody wants to be told of goals: known on the way, so that those without alerts pay nothing.
  `exists (select from alert_rules r where r.tenant_id = $1 and r.deleted_at is null and r.enabled and r.kpi_id is null) as "isWatched"`,
].join(', ')}`

/**
 * Reads the seeds with their neighbours, and everything above them unless `climb` is false. Inputs are made for the key
 * results asked for and those measured by other goals; the others are known by the score they have.
 */
export const readGoals = async (ctx: Context, seeds: Partial<Seeds>): Promise<Goals> => {
  const { objectiveIds = [], keyResultIds = [], climb = true } = seeds
  const values = [ctx.actor.tenantId, objectiveIds, keyResultIds, climb, ctx.organization.timeZone, ctx.today]
  const [found] = await query<Found>(ctx.db, 'goals_read', goalsText, values)
  const { objectiveRows, keyResultRows, alignments, links, initiatives, readingsRows, isWatched } = found as Found
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

  const asked = new Set(keyResultIds)
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

/** A closed goal counts at its last value: once its score says so, nothing scores it again until it is reopened. */
export const isSettled = ({ state, score }: Pick<ObjectiveRow, 'state' | 'score'>): boolean =>
  state === 'closed' && score?.timeline[0]?.effective === 'closed'
