import type { Context } from '../../api/operation.ts'
import type { Row } from '../../api/store.ts'
import { query } from '../../db/statement.ts'
import type { Touched } from '../goals/goal.lock.ts'
import type { initiatives } from './initiative.table.ts'

type Initiative = typeof initiatives.$inferSelect

const strings = (values: unknown[]): string[] => values.filter((value) => typeof value === 'string')

/** The goals whose graphs a write of initiatives must hold: those they name, as they are and as they will be. */
export const touchedBy = async (
  { db, actor }: Context,
  ids: readonly string[],
  inputs: readonly Row[],
): Promise<Touched> => {
  const rows = await query<{ objectiveId: string | null; keyResultIds: string[] }>(
    db,
    'initiative_goals',
    `select objective_id as "objectiveId", key_result_ids as "keyResultIds" from initiatives where tenant_id = $1 and id = any($2)`,
    [actor.tenantId, ids],
  )
  const named = [...rows, ...inputs] as Row[]
  return {
    objectiveIds: strings(named.map(({ objectiveId }) => objectiveId)),
    keyResultIds: strings(named.flatMap(({ keyResultIds }) => (keyResultIds as unknown[] | undefined) ?? [])),
  }
}

/** Repeats `keyResultIds` in the table that joins both ends. */
export const saveKeyResultIds = async ({ db, actor }: Context, rows: readonly Initiative[]): Promise<void> => {
  if (rows.length === 0) return
  const pairs = rows.flatMap(({ id, keyResultIds }) => keyResultIds.map((keyResultId) => ({ id, keyResultId })))
  await query(
    db,
    'initiative_key_results_clear',
    'delete from initiative_key_results where tenant_id = $1 and initiative_id = any($2)',
    [actor.tenantId, rows.map(({ id }) => id)],
  )
  await query(
    db,
    'initiative_key_results_fill',
    `insert into initiative_key_results (tenant_id, initiative_id, key_result_id)
     select $1, v.id, v.key_result_id from unnest($2::uuid[], $3::uuid[]) as v (id, key_result_id)`,
    [actor.tenantId, pairs.map(({ id }) => id), pairs.map(({ keyResultId }) => keyResultId)],
  )
}

/** Those of the key results that are measured by their initiatives: the others do not move with them. */
export const measuredByInitiatives = async (
  { db, actor }: Context,
  keyResultIds: readonly string[],
): Promise<string[]> => {
  const rows = await query<{ id: string }>(
    db,
    'key_results_of_initiatives',
    `select id from key_results where tenant_id = $1 and id = any($2) and source = 'initiatives' and deleted_at is null`,
    [actor.tenantId, keyResultIds],
  )
  return rows.map(({ id }) => id)
}
