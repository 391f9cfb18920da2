import type { Context } from '../../api/operation.ts'
import { Problem } from '../../api/problem.ts'
import { query } from '../../db/statement.ts'
import { type InitiativeRow, initiativesText, type LinkRow, linksText } from './goal.below.ts'
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
import { type ReadingsRow, readingsText } from './goal.readings.ts'
import { goalsAtMost, goalsAtOnce, sendSlices } from './goal.slices.ts'

/** Goals and what is around them, as Postgres tells of them. */
export type Found = {
  objectiveRows: ObjectiveRow[]
  keyResultRows: KeyResultRow[]
  alignments: AlignmentRow[]
  links: LinkRow[]
  initiatives: InitiativeRow[]
  readingsRows: ReadingsRow[]
  isWatched: boolean
}

const listOf = (text: string): string => `(select coalesce(json_agg(found), '[]') from (${text}) found)`
const rows = (text: string, name: keyof Found): string => `${listOf(text)} as "${name}"`

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

/** The line of many seeds, and of which objectives the key results among them are. */
const lineText = `${line} select array(select id from line) as "objectiveIds",
  ${listOf('select id, objective_id as "objectiveId" from key_results where tenant_id = $1 and id = any($3)')} as "keyResults"`

type Line = { objectiveIds: string[]; keyResults: { id: string; objectiveId: string }[] }

/**
 * Reads the seeds with their neighbours, and everything above them unless `climb` is false: with one statement, or of many
 * seeds the line first and then a slice of it at a time. Between slices nothing moves but by who holds the graphs.
 */
export const readRows = async (ctx: Context, seeds: Partial<Seeds>): Promise<Found> => {
  const { objectiveIds = [], keyResultIds = [], climb = true } = seeds
  if (objectiveIds.length + keyResultIds.length <= goalsAtOnce) return readSlice(ctx, objectiveIds, keyResultIds, climb)
  const [found] = await query<Line>(ctx.db, 'goals_line', lineText, [
    ctx.actor.tenantId,
    objectiveIds,
    keyResultIds,
    climb,
  ])
  const line = found as Line
  if (line.objectiveIds.length + line.keyResults.length > goalsAtMost) throw new Problem('too_many_goals')
  const all = await Promise.all(
    await sendSlices(slicesOfLine(line), (slice) => readSlice(ctx, slice.objectiveIds, slice.keyResultIds, false)),
  )
  const initiatives = all.flatMap((part) => part.initiatives)
  return {
    objectiveRows: all.flatMap((part) => part.objectiveRows),
    keyResultRows: all.flatMap((part) => part.keyResultRows),
    alignments: all.flatMap((part) => part.alignments),
    links: all.flatMap((part) => part.links),
    // Work may be done for goals of several slices.
    initiatives: [...new Map(initiatives.map((row) => [row.id, row])).values()],
    readingsRows: all.flatMap((part) => part.readingsRows),
    isWatched: all.some((part) => part.isWatched),
  }
}

const readSlice = async (
  { actor, db, organization, today }: Context,
  objectiveIds: readonly string[],
  keyResultIds: readonly string[],
  climb: boolean,
): Promise<Found> => {
  const values = [actor.tenantId, objectiveIds, keyResultIds, climb, organization.timeZone, today]
  const [found] = await query<Found>(db, 'goals_read', goalsText, values)
  return found as Found
}

/** Objectives go with their key results. */
const slicesOfLine = ({ objectiveIds, keyResults }: Line): { objectiveIds: string[]; keyResultIds: string[] }[] => {
  const keyResultsOf = Map.groupBy(keyResults, ({ objectiveId }) => objectiveId)
  let slice = { objectiveIds: [] as string[], keyResultIds: [] as string[] }
  const slices = [slice]
  for (const id of objectiveIds) {
    const own = keyResultsOf.get(id) ?? []
    if (slice.objectiveIds.length + slice.keyResultIds.length + own.length >= goalsAtOnce)
      slices.push((slice = { objectiveIds: [], keyResultIds: [] }))
    slice.objectiveIds.push(id)
    for (const keyResult of own) slice.keyResultIds.push(keyResult.id)
  }
  return slices
}
