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

type Rejudged = { id: string; before: KpiScore | null; after: KpiScore }

/** KPIs and all whose formulas read them, judged anew as of today. */
const judgeAnew = async (
  ctx: Context,
  locked: LockedKpis,
  ids: readonly string[],
  touched?: ReadonlyMap<string, string>,
): Promise<Rejudged[]> => {
  const rows = await query<Judged>(ctx.db, 'kpis_affected', affectedText, [ctx.actor.tenantId, ids])
  const read = rows.map(({ id }) => id)
  requireHeld(ctx, locked, read)
  const scores = await scoresOf(ctx, await loadDefinitions(ctx, read), rows, touched)
  return rows.map(({ id, judged }) => ({ id, before: judged, after: scores.get(id) as KpiScore }))
}

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
  touched?: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, KpiScore>> => {
  const all = await judgeAnew(ctx, locked, ids, touched)
  const written = new Set(ids)
  const changed = all.filter((one) => written.has(one.id) || isAnother(one))
  const read = all.map(({ id }) => id)
  // Deleted ones too: what was told of them is over.
  await settle(ctx, locked, changed, { told: [...ids, ...read], followed: read, byTime: false }, causeOf)
  return new Map(all.map(({ id, after }) => [id, after]))
}

/**
 * The same where nothing was written and a day has begun: KPIs that are judged as they were stay as they are, and so do the
 * key results that follow them. So does what was judged later than that day, which may be long gone: it knows more.
 */
export const rescoreKpisByTime = async (
  ctx: Context,
  locked: LockedKpis,
  ids: readonly string[],
  cause: Cause,
): Promise<void> => {
  const changed = (await judgeAnew(ctx, locked, ids)).filter(
    (one) => isAnother(one) && (one.before === null || one.before.scoredOn <= ctx.today),
  )
  const moved = changed.map(({ id }) => id)
  if (moved.length > 0) await settle(ctx, locked, changed, { told: moved, followed: moved, byTime: true }, () => cause)
}

const settle = async (
  ctx: Context,
  locked: LockedKpis,
  changed: readonly Rejudged[],
  { told, followed, byTime }: { told: readonly string[]; followed: readonly string[]; byTime: boolean },
  causeOf: (id: string) => Cause,
): Promise<void> => {
  save(ctx, locked, changed)
  for (const { id, before, after } of changed) announce(ctx, id, before, after, causeOf(id))
  await evaluateAlerts(ctx, { kpiIds: told })
  await follow(ctx, followed, byTime, causeOf)
}

/** Judged otherwise than before, whatever the day. */
const isAnother = ({ before, after }: Rejudged): boolean =>
  before === null || !isDeepStrictEqual({ ...before, scoredOn: '' }, { ...plain(after), scoredOn: '' })

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
const follow = async (
  ctx: Context,
  kpiIds: readonly string[],
  byTime: boolean,
  causeOf: (id: string) => Cause,
): Promise<void> => {
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
  await rescore(ctx, graphs, { keyResultIds, byTime }, (id) => causeOf(kpiOf.get(id) ?? first))
}
