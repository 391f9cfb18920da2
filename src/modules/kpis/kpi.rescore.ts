import { isDeepStrictEqual } from 'node:util'
import type { Context } from '../../api/operation.ts'
import { query } from '../../db/statement.ts'
import { type KpiScore, kpiSegmentOn, scoringVersion } from '../../scoring/index.ts'
import { evaluateAlerts } from '../alerts/alert.evaluate.ts'
import { lockGraphs } from '../goals/goal.lock.ts'
import { rescore } from '../goals/goal.rescore.ts'
import type { Cause } from '../goals/goal.save.ts'
import { loadDefinitions } from './kpi.definitions.ts'
import { type LockedKpis, requireHeld } from './kpi.lock.ts'
import { type Judged, scoresOf } from './kpi.scores.ts'

const affectedText = `
  with recursive up (id) as (
    select unnest($2::uuid[])
    union
    select n.kpi_id from up join kpi_inputs n on n.tenant_id = $1 and n.input_id = up.id
  )
  select i.id, i.direction, i.aggregation, i.frequency, i.judged, coalesce((
    select json_agg(json_build_object('effectiveFrom', t.effective_from, 'target', t.target, 'redLine', t.red_line,
      'upperTarget', t.upper_target, 'upperRedLine', t.upper_red_line))
    from kpi_targets t where t.tenant_id = $1 and t.kpi_id = i.id and t.deleted_at is null), '[]') as targets
  from up join kpis i on i.tenant_id = $1 and i.id = up.id and i.deleted_at is null order by i.id`

/**
 * Judges KPIs anew, and all whose formulas read them, then the key results that follow them with every goal above: after
 * any write of values, targets or definitions, with the KPIs locked. `touched` says by which day the newest point written counts.
 * Writes what changed and an event for it; the statements end with the transaction.
 */
export const rescoreKpis = async (
  ctx: Context,
  locked: LockedKpis,
  ids: readonly string[],
  causeOf: (id: string) => Cause,
  touched: ReadonlyMap<string, string> = new Map(),
): Promise<ReadonlyMap<string, KpiScore>> => {
  const rows = await query<Judged>(ctx.db, 'kpis_affected', affectedText, [ctx.actor.tenantId, ids])
  requireHeld(
    ctx,
    locked,
    rows.map(({ id }) => id),
  )
  const definitions = await loadDefinitions(
    ctx,
    rows.map(({ id }) => id),
  )
  const scores = await scoresOf(ctx, definitions, rows, touched)
  const written = new Set(ids)
  const changed = rows.flatMap((row) => {
    const after = scores.get(row.id) as KpiScore
    const same =
      row.judged !== null && isDeepStrictEqual({ ...row.judged, scoredOn: '' }, { ...plain(after), scoredOn: '' })
    return same && !written.has(row.id) ? [] : [{ id: row.id, before: row.judged, after }]
  })
  save(ctx, locked, changed)
  for (const { id, before, after } of changed) announce(ctx, id, before, after, causeOf(id))
  // Deleted ones too: what was told of them is over.
  const told = [...ids, ...rows.map(({ id }) => id)]
  await evaluateAlerts(ctx, { kpiIds: told })
  await follow(
    ctx,
    rows.map(({ id }) => id),
    causeOf,
  )
  return scores
}

const plain = (score: KpiScore): KpiScore => JSON.parse(JSON.stringify(score)) as KpiScore

const save = (ctx: Context, { recordedAt }: LockedKpis, changed: readonly { id: string; after: KpiScore }[]): void => {
  if (changed.length === 0) return
  ctx.later(
    query(
      ctx.db,
      'kpis_save',
      `update kpis t set judged = v.judged, scored_at = $2, scoring_version = $3
       from unnest($4::uuid[], $5::jsonb[]) as v (id, judged) where t.tenant_id = $1 and t.id = v.id`,
      [
        ctx.actor.tenantId,
        recordedAt,
        scoringVersion,
        changed.map(({ id }) => id),
        changed.map(({ after }) => JSON.stringify(after)),
      ],
    ),
  )
}

const announce = (ctx: Context, id: string, before: KpiScore | null, after: KpiScore, cause: Cause): void => {
  const subject = { type: 'kpi', id }
  const [was, is] = [before?.latest ?? null, after.latest]
  if (was?.value !== is?.value || was?.start !== is?.start)
    ctx.emit({ type: 'kpi.value_changed', subject, changes: { value: [was?.value ?? null, is?.value ?? null] }, cause })
  const statuses = [before, after].map((score) => score && kpiSegmentOn(score.timeline, ctx.today).status)
  if (statuses[0] !== statuses[1])
    ctx.emit({ type: 'kpi.status_changed', subject, changes: { status: [statuses[0], statuses[1]] }, cause })
}

/** Key results whose source is one of these KPIs, with every goal above them. */
const follow = async (ctx: Context, kpiIds: readonly string[], causeOf: (id: string) => Cause): Promise<void> => {
  const rows = await query<{ id: string; kpiId: string }>(
    ctx.db,
    'key_results_of_kpis',
    `select id, kpi_id as "kpiId" from key_results where tenant_id = $1 and kpi_id = any($2) and deleted_at is null`,
    [ctx.actor.tenantId, kpiIds],
  )
  if (rows.length === 0) return
  const keyResultIds = rows.map(({ id }) => id)
  const kpiOf = new Map(rows.map(({ id, kpiId }) => [id, kpiId]))
  const graphs = await lockGraphs(ctx, { keyResultIds })
  const first = rows[0]?.kpiId as string
  await rescore(ctx, graphs, { keyResultIds }, (id) => causeOf(kpiOf.get(id) ?? first))
}
