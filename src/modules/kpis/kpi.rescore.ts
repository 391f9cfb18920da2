import { isDeepStrictEqual } from 'node:util'
import type { Context } from '../../api/operation.ts'
import { query } from '../../db/statement.ts'
import {
  type KpiPoint,
  type KpiScore,
  type KpiTargetFrom,
  kpiSegmentOn,
  periodAfter,
  periodOf,
  scoreKpi,
  scoringVersion,
} from '../../scoring/index.ts'
import { evaluateAlerts } from '../alerts/alert.evaluate.ts'
import { lockGraphs } from '../goals/goal.lock.ts'
import { rescore } from '../goals/goal.rescore.ts'
import type { Cause } from '../goals/goal.save.ts'
import { type Definitions, grainOf, leavesOf, loadDefinitions, reachOf } from './kpi.definitions.ts'
import { type LockedKpis, requireHeld } from './kpi.lock.ts'
import type { kpis } from './kpi.table.ts'
import { kpiValues, type Values } from './kpi.values.ts'

type Kpi = typeof kpis.$inferSelect
type Row = Pick<Kpi, 'id' | 'direction' | 'aggregation' | 'frequency' | 'judged'> & { targets: KpiTargetFrom[] }

/** Periods looked at: enough for a trend, and for the newest to be found again when one was taken back. */
const periodsRead = 24
/** Where an irregular KPI's periods are looked for. */
const firstDay = '0001-01-01'

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
  const rows = await query<Row>(ctx.db, 'kpis_affected', affectedText, [ctx.actor.tenantId, ids])
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
  await evaluateAlerts(ctx, { kpiIds: told, objectiveIds: [], keyResultIds: [] })
  await follow(
    ctx,
    rows.map(({ id }) => id),
    causeOf,
  )
  return scores
}

const plain = (score: KpiScore): KpiScore => JSON.parse(JSON.stringify(score)) as KpiScore

/** The scores of KPIs as of today, from the newest of their periods. */
const scoresOf = async (
  ctx: Context,
  definitions: Definitions,
  rows: readonly Row[],
  touched: ReadonlyMap<string, string>,
): Promise<Map<string, KpiScore>> => {
  const { calendar } = definitions
  /** Formulas may look back, so that an old value moves a newer one: they are worked out up to today. */
  const newest = ({ id, judged }: Row): string => {
    const written = definitions.byId.get(id)?.formula === null ? touched.get(id) : undefined
    if (written === undefined) return ctx.today
    const latest = judged?.latest?.start ?? written
    return [ctx.today, written > latest ? written : latest].toSorted()[0] as string
  }
  const values = async (row: Row, to: string): Promise<KpiPoint[]> => {
    const grain = grainOf(row)
    const from = grain ? periodAfter(periodOf(to, grain, calendar), -periodsRead, calendar).start : firstDay
    const found = (await kpiValues(ctx, definitions, [row.id], { from, to: grain ? to : ctx.today })).get(row.id)
    return found ? pointsOf(found, ctx.today).slice(-periodsRead) : []
  }
  const scored = await Promise.all(
    rows.map(async (row) => {
      let points = await values(row, newest(row))
      // The newest periods were taken back: whatever is older is the newest now.
      if (points.length === 0) {
        const last = await lastMeasured(ctx, definitions, row)
        if (last) points = await values(row, last)
      }
      const input = { ...row, frequency: grainOf(row), points, targets: row.targets }
      return [row.id, scoreKpi(input, ctx.today)] as const
    }),
  )
  return new Map(scored)
}

/** The periods of the whole that were measured. */
const pointsOf = ({ periods, groups }: Values, today: string): KpiPoint[] => {
  const whole = groups[0]?.points ?? []
  return periods.flatMap(({ start, end }, at) => {
    const point = whole[at]
    if (!point || start > today || (point.value === null && point.reason === null)) return []
    return [{ start, end, value: point.value, reason: point.reason, day: point.day ?? end }]
  })
}

/** The day of the newest value there may be, read through all series. */
const lastMeasured = async (ctx: Context, definitions: Definitions, { id, frequency }: Row): Promise<string | null> => {
  const definition = definitions.byId.get(id)
  const leaves = definition ? leavesOf(definitions, [definition]).map((leaf) => leaf.id) : []
  const [row] = await query<{ start: string | null }>(
    ctx.db,
    'kpi_last_measured',
    `select max(case m.grain when 'week' then least(m.period_start + 3, $3::date) else m.period_start end) as start from kpi_series s
     join measurements m on m.tenant_id = $1 and m.series_id = s.id and m.superseded_at is null and m.deleted_at is null
     where s.tenant_id = $1 and s.kpi_id = any($2) and m.period_start <= $3`,
    [ctx.actor.tenantId, leaves, ctx.today],
  )
  const start = row?.start
  if (!start || frequency === 'irregular') return start ?? null
  const { calendar } = definitions
  const last = periodAfter(periodOf(start, frequency, calendar), reachOf(definitions, id), calendar)
  return last.start < ctx.today ? last.start : ctx.today
}

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
