import type { Context } from '../../api/operation.ts'
import { inputProblem } from '../../api/problem.ts'
import { query } from '../../db/statement.ts'

/** Names what still counts on a key result: what is aligned to it, added up in it, or done for it. */
export const keyResultDependents = async (ctx: Context, ids: string[]): Promise<string[]> =>
  namesOf(ctx, 'key_result_dependents', `select unnest($2::uuid[]) as id, null::uuid as objective_id`, ids)

/**
 * The same for an objective and the key results that would go with it. What belongs to the objective itself, or goes in
 * the same breath, does not hold it.
 */
export const objectiveDependents = async (ctx: Context, ids: string[]): Promise<string[]> => {
  const [own, below] = await Promise.all([
    query<{ name: string }>(
      ctx.db,
      'objective_dependents',
      `select 'alignments.parent_objective_id' as name where exists (
         select from alignments where tenant_id = $1 and parent_objective_id = any($2) and deleted_at is null)
       union all
       select 'initiatives.objective_id' where exists (
         select from initiatives where tenant_id = $1 and objective_id = any($2) and deleted_at is null)`,
      [ctx.actor.tenantId, ids],
    ),
    namesOf(
      ctx,
      'objective_key_result_dependents',
      `select id, objective_id from key_results where tenant_id = $1 and objective_id = any($2) and deleted_at is null`,
      ids,
    ),
  ])
  return [...own.map(({ name }) => name), ...below]
}

const namesOf = async (
  { db, actor }: Context,
  statement: string,
  keyResults: string,
  ids: string[],
): Promise<string[]> => {
  const rows = await query<{ name: string }>(
    db,
    statement,
    `with gone as (${keyResults})
     select 'alignments.parent_key_result_id' as name where exists (
       select from alignments a join gone on gone.id = a.parent_key_result_id
       where a.tenant_id = $1 and a.deleted_at is null
         and a.child_objective_id not in (select objective_id from gone where objective_id is not null))
     union all
     select 'key_result_links.parent_key_result_id' where exists (
       select from key_result_links l join gone on gone.id = l.parent_key_result_id
       where l.tenant_id = $1 and l.deleted_at is null and l.child_key_result_id not in (select id from gone))
     union all
     select 'initiatives.key_result_ids' where exists (
       select from initiative_key_results i join gone on gone.id = i.key_result_id
       join initiatives v on v.tenant_id = $1 and v.id = i.initiative_id and v.deleted_at is null
       where i.tenant_id = $1)`,
    [actor.tenantId, ids],
  )
  return rows.map(({ name }) => name)
}

/** Values of different units cannot be added up, so the unit of a linked key result stands. 422. */
export const requireUnlinked = async ({ db, actor }: Context, id: string): Promise<void> => {
  const rows = await query(
    db,
    'key_result_linked',
    `select id from key_result_links
     where tenant_id = $1 and (child_key_result_id = $2 or parent_key_result_id = $2) and deleted_at is null limit 1`,
    [actor.tenantId, id],
  )
  if (rows.length > 0) throw inputProblem('invalid_input', '/unit', 'fixed while key results are added up by it')
}
