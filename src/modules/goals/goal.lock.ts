import type { Context } from '../../api/operation.ts'
import { Again } from '../../api/write.ts'
import { query } from '../../db/statement.ts'

/** Goals a write is about to touch, by what is known of them before the lock. */
export type Touched = {
  cycleIds?: readonly string[]
  objectiveIds?: readonly string[]
  keyResultIds?: readonly string[]
}

/** What the lock gives: the graphs held, and the instant of this write, later than every earlier one in them. */
export type Locked = { graphIds: ReadonlySet<string>; recordedAt: string }

const graphsKey = 'goal graphs'

/**
 * Takes the goal graphs of everything touched, in id order, before anything is read for the write: writers of one graph
 * take turns, and each sees what the one before it committed. Stamps the graph's clock in the same statement, and
 * leaves the instant as a setting for rows that are sent right behind it (`recorded_at` of check-ins).
 */
export const lockGraphs = async ({ actor, db, now, memo }: Context, touched: Touched): Promise<Locked> => {
  const more = (memo.get(graphsKey) as string[] | undefined) ?? []
  const rows = await query<{ id: string; last_recorded_at: string }>(db, 'goal_graphs_lock', lockText, [
    actor.tenantId,
    now,
    touched.cycleIds ?? [],
    touched.objectiveIds ?? [],
    touched.keyResultIds ?? [],
    more,
  ])
  return { graphIds: new Set(rows.map(({ id }) => id)), recordedAt: rows[0]?.last_recorded_at ?? now }
}

// UPDATE alone locks rows in no promised order, and two writers of the same two graphs could block each other.
const lockText = `
  with touched as (
    select root_id from cycles where tenant_id = $1 and id = any($3)
    union select c.root_id from objectives o join cycles c on c.tenant_id = $1 and c.id = o.cycle_id
      where o.tenant_id = $1 and o.id = any($4)
    union select c.root_id from key_results k
      join objectives o on o.tenant_id = $1 and o.id = k.objective_id
      join cycles c on c.tenant_id = $1 and c.id = o.cycle_id
      where k.tenant_id = $1 and k.id = any($5)
    union select unnest($6::uuid[])
  ), locked as materialized (
    select id, last_recorded_at from goal_graphs
    where tenant_id = $1 and id in (select root_id from touched) order by id for no key update
  ), moved as (
    update goal_graphs g
    set last_recorded_at = (select greatest($2::timestamptz, max(last_recorded_at) + interval '1 millisecond') from locked)
    from locked where g.tenant_id = $1 and g.id = locked.id
    returning g.id, g.last_recorded_at
  )
  select id, last_recorded_at, set_config('app.recorded_at', last_recorded_at::text, true) from moved`

/** The same, sent without waiting: what is sent behind it waits in Postgres. Its failure is told by what follows. */
export const sendLock = (ctx: Context, touched: Touched): Promise<Locked> => {
  const locking = lockGraphs(ctx, touched)
  locking.catch(() => {})
  return locking
}

/**
 * What was read behind the lock must lie inside it. When a concurrent write led it elsewhere, the attempt is undone and
 * made again with all graphs now known.
 */
export const requireLocked = ({ memo }: Context, { graphIds }: Locked, read: Iterable<string>): void => {
  const all = new Set([...graphIds, ...read])
  if (all.size === graphIds.size) return
  memo.set(graphsKey, [...all])
  throw new Again('the goals read lie outside the graphs locked')
}
