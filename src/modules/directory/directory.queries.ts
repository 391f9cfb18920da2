import type { Context } from '../../api/operation.ts'
import { Problem } from '../../api/problem.ts'
import { query } from '../../db/statement.ts'

/** Tables and columns are named by our own code only, never by input. */
type Column = `${string}.${string}`

/** Names the tables whose live rows still point at one of `ids`, e.g. `departments.lead_id`. */
export const dependentsOf = async (
  { db, actor }: Context,
  ids: readonly string[],
  columns: readonly Column[],
): Promise<string[]> => {
  const branches = columns.map((place) => {
    const [table, column] = place.split('.')
    return `select '${place}' as place where exists
      (select from ${table} where tenant_id = $1 and ${column} = any($2) and deleted_at is null and not (id = any($2)))`
  })
  const rows = await query<{ place: string }>(db, `dependents_${columns[0]}`, branches.join(' union all '), [
    actor.tenantId,
    ids,
  ])
  return rows.map(({ place }) => place)
}

/**
 * A tree has no circles: 409 `hierarchy_cycle`. Read after the write, behind a lock per tenant and tree, so that two
 * moves under each other cannot both pass.
 */
export const requireTree = async (
  { db, actor }: Context,
  table: 'users' | 'departments' | 'pillars' | 'kpis',
  column: 'manager_id' | 'parent_id',
  ids: readonly string[],
): Promise<void> => {
  await query(db, 'tree_lock', 'select pg_advisory_xact_lock(hashtextextended($1, 0))', [`${actor.tenantId} ${table}`])
  const [circle] = await query<{ id: string }>(
    db,
    `tree_${table}`,
    `with recursive up (start, id) as (
       select id, ${column} from ${table} where tenant_id = $1 and id = any($2) and ${column} is not null
       union
       select up.start, t.${column} from up join ${table} t on t.tenant_id = $1 and t.id = up.id where t.${column} is not null
     )
     select start as id from up where start = id limit 1`,
    [actor.tenantId, ids],
  )
  if (circle) throw new Problem('hierarchy_cycle', `${circle.id} would be above itself`)
}
