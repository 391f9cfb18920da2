import { sql } from 'drizzle-orm'
import { located } from '../../api/located.ts'
import type { Context } from '../../api/operation.ts'
import { inputProblem, Problem } from '../../api/problem.ts'
import { readable, readValues, sightIn } from '../../api/select.ts'
import { run } from '../../db/statement.ts'
import { heldOn } from '../../scoring/index.ts'
import { calendarOf } from '../kpis/kpi.definitions.ts'
import { lockKpis, rememberKpis } from '../kpis/kpi.lock.ts'
import { rescoreKpis } from '../kpis/kpi.rescore.ts'
import { kpi } from '../kpis/kpi.resource.ts'
import { mayMeasure, type OwnedKpi } from '../kpis/kpi.rules.ts'
import { kpis } from '../kpis/kpi.table.ts'
import { type Measured, type MeasurementInput, pointOf } from './measurement.input.ts'
import { currentIds, otherSpans, type Point, spanFault, type Written, writePoints } from './measurement.write.ts'

export type MeasuredKpi = Measured & OwnedKpi & { state: string }
/** One wish: the KPI is named by id or by code. */
export type MeasurementItem = MeasurementInput & { kpiId?: string | undefined; kpiCode?: string | undefined }
export type Recorded = { id: string; status: 200 | 201; outcome: 'created' | 'updated' | 'unchanged' }

/** KPIs by id and by code, as far as the caller may see them. */
export const findMeasured = async (
  ctx: Context,
  names: { ids: readonly string[]; codes: readonly string[] },
): Promise<(name: { kpiId?: string | undefined; kpiCode?: string | undefined }) => MeasuredKpi | undefined> => {
  const rows = await run<MeasuredKpi>(
    ctx.db,
    sql`select id, code, frequency, aggregation, formula, state, owner_user_id as "ownerUserId", owner_team_id as "ownerTeamId",
        owner_department_id as "ownerDepartmentId" from ${kpis}
      where ${readable(kpi, sightIn(ctx, kpi))} and (id = any(${sql.placeholder('ids')}) or code = any(${sql.placeholder('codes')}))`,
    { ...readValues(ctx), ...names },
  )
  const byId = new Map(rows.map((row) => [row.id, row]))
  const byCode = new Map(rows.map((row) => [row.code, row]))
  return ({ kpiId, kpiCode }) => (kpiId ? byId.get(kpiId) : kpiCode ? byCode.get(kpiCode) : undefined)
}

/**
 * Records points, set-wise: judged, written, and all that follows from them brought up to date in the same transaction.
 * The same period and dimensions again is a correction. Throws the first fault, its pointer led by the item's place.
 */
export const recordMeasurements = async (ctx: Context, items: readonly MeasurementItem[]): Promise<Recorded[]> => {
  const names = { ids: items.flatMap(({ kpiId }) => kpiId ?? []), codes: items.flatMap(({ kpiCode }) => kpiCode ?? []) }
  const [find, calendar] = await Promise.all([findMeasured(ctx, names), calendarOf(ctx)])
  // A batch that succeeds in part comes again in halves: each of them takes the KPIs of all, before any goal graph.
  rememberKpis(
    ctx,
    items.flatMap((item) => find(item)?.id ?? []),
  )
  const may = permissionOf(ctx)
  const points: Point[] = []
  const seen = new Set<string>()
  for (const [index, item] of items.entries()) {
    await located(items.length, index, async () => {
      const of = find(item)
      if (!of) throw inputProblem('reference_not_found', item.kpiCode ? '/kpiCode' : '/kpiId', 'there is no such KPI')
      if (!(await may(of))) throw new Problem('forbidden')
      const point = pointOf(item, of, calendar, ctx.today)
      const place = `${point.kpiId} ${point.key} ${point.periodStart} ${point.periodEnd}`
      if (seen.has(place)) throw new Problem('conflict', 'The same period stands in the batch twice')
      seen.add(place)
      points.push(point)
    })
  }
  const written = await storePoints(ctx, points)
  const ids = await currentIds(ctx, points)
  for (const point of points) {
    const change = written.get(point.id)
    if (change) announce(ctx, point, ids.get(point.id) ?? point.id, change)
  }
  return points.map(({ id }) => {
    const change = written.get(id)
    const outcome = change === undefined ? 'unchanged' : change.did === 'created' ? 'created' : 'updated'
    return { id: ids.get(id) ?? id, status: outcome === 'created' ? 201 : 200, outcome }
  })
}

/**
 * Locks the KPIs of judged points, writes the points and rescores what follows; answers what was written, by id.
 * 409 `span_conflict`
 */
export const storePoints = async (ctx: Context, points: readonly Point[]): Promise<Map<string, Written>> => {
  const locked = await lockKpis(ctx, [...new Set(points.map(({ kpiId }) => kpiId))])
  const others = await otherSpans(ctx, points)
  for (const [index, { id }] of points.entries()) {
    const known = others.get(id)
    if (known === undefined) continue
    await located(points.length, index, () =>
      Promise.reject(inputProblem('span_conflict', '/period', spanFault(known))),
    )
  }
  const written = await writePoints(ctx, locked.recordedAt, points)
  const counted = points.filter(({ id }) => (written.get(id)?.did ?? 'annotated') !== 'annotated')
  if (counted.length === 0) return written
  const causes = new Map(counted.map(({ id, kpiId }) => [kpiId, id]))
  const first = counted[0]?.id as string
  const touched = new Map<string, string>()
  for (const { kpiId, grain, periodStart } of counted) {
    const day = heldOn({ grain, start: periodStart })
    if (day > (touched.get(kpiId) ?? '')) touched.set(kpiId, day)
  }
  await rescoreKpis(
    ctx,
    locked,
    [...causes.keys()],
    (id) => ({ type: 'measurement', id: causes.get(id) ?? first }),
    touched,
  )
  return written
}

/** The rule asks the database per KPI, not per item: a batch repeats few of them. */
const permissionOf = (ctx: Context): ((kpi: MeasuredKpi) => Promise<boolean>) => {
  const answers = new Map<string, boolean>()
  return async (of) => {
    if (of.state === 'retired') throw new Problem('invalid_transition', `${of.code} is retired`)
    const known = answers.get(of.id) ?? (await mayMeasure(ctx, of))
    answers.set(of.id, known)
    return known
  }
}

const announce = (ctx: Context, { kpiId, value }: Point, current: string, { did, before }: Written): void =>
  ctx.emit({
    type: `measurement.${did}`,
    subject: { type: 'measurement', id: current },
    changes: { kpiId: [null, kpiId], ...(did === 'annotated' ? {} : { value: [before, value] }) },
  })
