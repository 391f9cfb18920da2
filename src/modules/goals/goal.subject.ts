import { and, type SQL, sql } from 'drizzle-orm'
import { findMany } from '../../api/find-many.ts'
import type { Context } from '../../api/operation.ts'
import { inputProblem } from '../../api/problem.ts'
import type { Resource, Sight } from '../../api/resource.ts'
import { query } from '../../db/statement.ts'
import { checkIn } from '../check-ins/check-in.resource.ts'
import { initiative } from '../initiatives/initiative.resource.ts'
import { keyResult } from '../key-results/key-result.resource.ts'
import { kpi } from '../kpis/kpi.resource.ts'
import { visibleThroughKpi } from '../kpis/kpi.visibility.ts'
import { objective } from '../objectives/objective.resource.ts'
import type { Named } from './goal.rules.ts'
import {
  visibleThroughCheckIn,
  visibleThroughInitiative,
  visibleThroughKeyResult,
  visibleThroughObjective,
} from './goal.visibility.ts'

/** What is said about a goal, or about what belongs to one, names it by type and id; each type has a column of its own. */
export type SubjectType = 'objective' | 'key_result' | 'initiative' | 'check_in' | 'kpi'
export type Subject<T extends SubjectType = SubjectType> = { subjectType: T; subjectId: string }

const columns = {
  objective: 'objectiveId',
  key_result: 'keyResultId',
  initiative: 'initiativeId',
  check_in: 'checkInId',
  kpi: 'kpiId',
} as const

/** The resources subjects may be, for the union on the GraphQL side. */
export const subjects = (types: readonly SubjectType[]): Record<string, Resource> => {
  const all = { objective, key_result: keyResult, initiative, check_in: checkIn, kpi }
  return Object.fromEntries(types.map((type) => [type, all[type]]))
}

/** The subject as the one column that holds it, so that a foreign key can guard it. */
export const subjectColumns = ({ subjectType, subjectId }: Subject) => ({ [columns[subjectType]]: subjectId })

/** It must exist, and the caller see it. 422 `reference_not_found`. */
export const requireSubject = async (ctx: Context, { subjectType, subjectId }: Subject): Promise<void> => {
  const [row] = await findMany(ctx, subjects([subjectType])[subjectType] as Resource, [subjectId])
  if (row && row['deletedAt'] === null) return
  throw inputProblem('reference_not_found', '/subjectId', `there is no ${subjectType} ${subjectId}`)
}

const through: Record<SubjectType, (sight: Sight, column: string) => SQL | undefined> = {
  objective: visibleThroughObjective,
  key_result: visibleThroughKeyResult,
  initiative: visibleThroughInitiative,
  check_in: visibleThroughCheckIn,
  kpi: visibleThroughKpi,
}

/** Visible to those who see the subject. `table` has a column for each of the types. */
export const visibleThroughSubject = (sight: Sight, table: string, types: readonly SubjectType[]): SQL | undefined =>
  and(
    ...types.map((type) => {
      const column = `${table}.${type}_id`
      const visible = through[type](sight, column)
      return visible && sql`(${sql.raw(column)} is null or ${visible})`
    }),
  )

/** The goals whose owners have a say in it. */
export const goalsOf = async ({ actor, db }: Context, { subjectType, subjectId }: Subject): Promise<Named> => {
  if (subjectType === 'objective') return { objectiveIds: [subjectId] }
  if (subjectType === 'key_result') return { keyResultIds: [subjectId] }
  if (subjectType === 'kpi') return {}
  const rows = await query<{ objectiveId: string | null; keyResultId: string | null }>(
    db,
    `goals_of_${subjectType}`,
    subjectType === 'check_in'
      ? `select null::uuid as "objectiveId", key_result_id as "keyResultId" from check_ins where tenant_id = $1 and id = $2`
      : `select objective_id as "objectiveId", null::uuid as "keyResultId" from initiatives where tenant_id = $1 and id = $2
         union all select null, key_result_id from initiative_key_results where tenant_id = $1 and initiative_id = $2`,
    [actor.tenantId, subjectId],
  )
  return {
    objectiveIds: rows.flatMap(({ objectiveId }) => objectiveId ?? []),
    keyResultIds: rows.flatMap(({ keyResultId }) => keyResultId ?? []),
  }
}
