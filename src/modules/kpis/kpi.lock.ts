import type { Context } from '../../api/operation.ts'
import { Again } from '../../api/write.ts'
import { query } from '../../db/statement.ts'
import type { Touched } from '../goals/goal.lock.ts'

/** The KPIs held, and the instant of this write, later than every earlier one of theirs. */
export type LockedKpis = { ids: ReadonlySet<string>; recordedAt: string }

const kpisKey = 'kpis'
const held = new WeakMap<Context, LockedKpis>()

const lockText = `
  with recursive up (id) as (
    select unnest($3::uuid[])
    union
    select n.kpi_id from up join kpi_inputs n on n.tenant_id = $1 and n.input_id = up.id
  ), locked as materialized (
    select k.id, k.scored_at from kpis k where k.tenant_id = $1 and k.id in (select id from up) order by k.id for no key update
  )
  select array_agg(id) as ids,
    to_char(greatest($2::timestamptz, max(scored_at) + interval '1 millisecond') at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "recordedAt"
  from locked`

/**
 * Takes KPIs and all whose formulas read them, in id order and before any goal graph: who writes values or definitions
 * holds KPIs and then waits for graphs, and nobody who holds a graph waits for a KPI (decision 21).
 */
export const lockKpis = async (ctx: Context, ids: readonly string[]): Promise<LockedKpis> => {
  const more = (ctx.memo.get(kpisKey) as string[] | undefined) ?? []
  const [row] = await query<{ ids: string[] | null; recordedAt: string }>(ctx.db, 'kpis_lock', lockText, [
    ctx.actor.tenantId,
    ctx.now,
    [...new Set([...ids, ...more])],
  ])
  const locked = { ids: new Set(row?.ids), recordedAt: row?.recordedAt ?? ctx.now }
  held.set(ctx, locked)
  return locked
}

/** Definitions are written one at a time in an organization, so that no circle is closed from two sides. */
export const lockDefinitions = async ({ actor, db }: Context): Promise<void> => {
  await query(db, 'tree_lock', 'select pg_advisory_xact_lock(hashtextextended($1, 0))', [`${actor.tenantId} kpis`])
}

/** Takes the KPIs of the whole organization, and keeps others from being defined, before what all of them follow changes. */
export const lockAllKpis = async (ctx: Context): Promise<void> => {
  await lockDefinitions(ctx)
  const text = 'select id from kpis where tenant_id = $1 and deleted_at is null'
  const rows = await query<{ id: string }>(ctx.db, 'all_kpis', text, [ctx.actor.tenantId])
  const ids = rows.map(({ id }) => id)
  await lockKpis(ctx, ids)
}

/** Makes this write's locks take these KPIs too. */
export const rememberKpis = ({ memo }: Context, ids: readonly string[]): void => {
  memo.set(kpisKey, [...new Set([...((memo.get(kpisKey) as string[] | undefined) ?? []), ...ids])])
}

/** The lock of this write. KPIs it made itself need none: nobody else sees them yet. */
export const heldKpis = (ctx: Context): LockedKpis => held.get(ctx) ?? { ids: new Set(), recordedAt: ctx.now }

/** What follows from a write must lie inside its lock; a formula written meanwhile leads to another attempt with both. */
export const requireHeld = (ctx: Context, { ids }: LockedKpis, read: readonly string[]): void => {
  const missing = read.filter((id) => !ids.has(id))
  if (missing.length === 0) return
  rememberKpis(ctx, [...ids, ...missing])
  throw new Again('the KPIs read lie outside those locked')
}

/**
 * Keeps the KPIs that key results follow as they are, until the end: a key result that comes to be while its KPI is being
 * measured would miss the value. Sent before the graphs are locked, and not awaited: the lock behind it waits for it.
 */
export const shareKpis = (
  { actor, db }: Context,
  { kpiIds = [], keyResultIds = [], objectiveIds = [], cycleIds = [] }: Touched & { kpiIds?: readonly string[] },
): void => {
  const sharing = query(
    db,
    'kpis_share',
    `select id from kpis where tenant_id = $1 and id in (
       select unnest($2::uuid[])
       union select kpi_id from key_results where tenant_id = $1 and kpi_id is not null and (id = any($3) or objective_id = any($4)
           or objective_id in (select id from objectives where tenant_id = $1 and cycle_id = any($5))))
     order by id for share`,
    [actor.tenantId, kpiIds, keyResultIds, objectiveIds, cycleIds],
  )
  sharing.catch(() => {})
}
