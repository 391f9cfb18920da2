import type { Context } from '../../api/operation.ts'
import { query } from '../../db/statement.ts'
import { requireAcyclic } from '../goals/goal.paths.ts'
import type { objectives } from './objective.table.ts'

type Objective = typeof objectives.$inferSelect

const tombstones = (ctx: Context, rows: { id: string }[], type = 'key_result'): void => {
  for (const { id } of rows) ctx.emit({ type: `${type}.deleted`, subject: { type, id } })
}

/** An objective takes its key results along; the shared instant tells later which ones went with it. */
export const deleteKeyResultsOf = async (ctx: Context, deleted: readonly Objective[]): Promise<void> =>
  tombstones(
    ctx,
    await query<{ id: string }>(
      ctx.db,
      'key_results_delete_with_objective',
      `update key_results set deleted_at = $3, updated_at = $3, version = version + 1
       where tenant_id = $1 and objective_id = any($2) and deleted_at is null returning id`,
      [ctx.actor.tenantId, deleted.map(({ id }) => id), ctx.now],
    ),
  )

/** Brings back the key results that went with the objective, not those deleted before on their own. */
export const restoreKeyResultsOf = async (ctx: Context, before: readonly Objective[]): Promise<void> => {
  const rows = await query<{ id: string }>(
    ctx.db,
    'key_results_restore_with_objective',
    `update key_results k set deleted_at = null, updated_at = $4, version = version + 1
     from unnest($2::uuid[], $3::timestamptz[]) as gone (id, at)
     where k.tenant_id = $1 and k.objective_id = gone.id and k.deleted_at = gone.at returning k.id`,
    [ctx.actor.tenantId, before.map(({ id }) => id), before.map(({ deletedAt }) => deletedAt), ctx.now],
  )
  for (const { id } of rows) ctx.emit({ type: 'key_result.restored', subject: { type: 'key_result', id } })
}

/** What an objective is aligned to goes with it, too: an edge without its lower end says nothing. */
export const deleteAlignmentsOf = async (ctx: Context, deleted: readonly Objective[]): Promise<void> =>
  tombstones(
    ctx,
    await query<{ id: string }>(
      ctx.db,
      'alignments_delete_with_objective',
      `update alignments set deleted_at = $3, updated_at = $3, version = version + 1
       where tenant_id = $1 and child_objective_id = any($2) and deleted_at is null returning id`,
      [ctx.actor.tenantId, deleted.map(({ id }) => id), ctx.now],
    ),
    'alignment',
  )

/** Brings back the alignments that went with the objective, where what they lead to is still there. */
export const restoreAlignmentsOf = async (ctx: Context, before: readonly Objective[]): Promise<void> => {
  const rows = await query<{ id: string }>(
    ctx.db,
    'alignments_restore_with_objective',
    `update alignments a set deleted_at = null, updated_at = $4, version = version + 1
     from unnest($2::uuid[], $3::timestamptz[]) as gone (id, at)
     where a.tenant_id = $1 and a.child_objective_id = gone.id and a.deleted_at = gone.at
       and (a.parent_objective_id is null or exists (
         select from objectives o where o.tenant_id = $1 and o.id = a.parent_objective_id and o.deleted_at is null))
       and (a.parent_key_result_id is null or exists (
         select from key_results k where k.tenant_id = $1 and k.id = a.parent_key_result_id and k.deleted_at is null))
     returning a.id`,
    [ctx.actor.tenantId, before.map(({ id }) => id), before.map(({ deletedAt }) => deletedAt), ctx.now],
  )
  for (const { id } of rows) ctx.emit({ type: 'alignment.restored', subject: { type: 'alignment', id } })
  if (rows.length > 0) await requireAcyclic(ctx, { objectiveIds: before.map(({ id }) => id) })
}

/** Ids of the objectives these support without counting in them. */
export const supportedBy = async ({ db, actor }: Context, ids: readonly string[]): Promise<string[]> => {
  if (ids.length === 0) return []
  const rows = await query<{ id: string }>(
    db,
    'objectives_supported',
    `select distinct coalesce(a.parent_objective_id, k.objective_id) as id from alignments a
     left join key_results k on k.tenant_id = $1 and k.id = a.parent_key_result_id
     where a.tenant_id = $1 and a.child_objective_id = any($2) and a.deleted_at is null and a.relation = 'supports'`,
    [actor.tenantId, ids],
  )
  return rows.map(({ id }) => id)
}

/** Ids of the live key results of the given objectives. */
export const keyResultsOf = async ({ db, actor }: Context, objectiveIds: readonly string[]): Promise<string[]> => {
  const text = 'select id from key_results where tenant_id = $1 and objective_id = any($2) and deleted_at is null'
  const rows = await query<{ id: string }>(db, 'key_results_of_objectives', text, [actor.tenantId, objectiveIds])
  return rows.map(({ id }) => id)
}
