import { sql } from 'drizzle-orm'
import type { Context } from '../../api/operation.ts'
import { Problem } from '../../api/problem.ts'
import { readable, readValues, sightIn } from '../../api/select.ts'
import { run } from '../../db/statement.ts'
import type { Calendar } from '../../scoring/index.ts'
import { calendarOf } from '../kpis/kpi.definitions.ts'
import { kpi } from '../kpis/kpi.resource.ts'
import { mayMeasure } from '../kpis/kpi.rules.ts'
import { kpis } from '../kpis/kpi.table.ts'
import type { MeasuredKpi } from '../measurements/measurement.record.ts'
import { PointFault } from './import.fault.ts'

type Row = MeasuredKpi & { unit: string | null }

/** What rows of a KPI are judged by; `fault` is why none of them can be taken. */
export type ImportKpi = Row & { fault: PointFault | undefined }
export type ImportKpis = { kpis: ReadonlyMap<string, ImportKpi>; calendar: Calendar; today: string }

/** The KPIs the caller may see, by code, or the one of this code; with the calendar their periods follow and its day. */
export const loadImportKpis = async (ctx: Context, code?: string): Promise<ImportKpis> => {
  const codes = code === undefined ? null : [code]
  const [rows, calendar] = await Promise.all([
    run<Row>(
      ctx.db,
      sql`select id, code, unit, frequency, aggregation, formula, state, owner_user_id as "ownerUserId",
          owner_team_id as "ownerTeamId", owner_department_id as "ownerDepartmentId" from ${kpis}
        where ${readable(kpi, sightIn(ctx, kpi))} and (${sql.placeholder('codes')}::text[] is null or code = any(${sql.placeholder('codes')}))`,
      { ...readValues(ctx), codes },
    ),
    calendarOf(ctx),
  ])
  const found = await Promise.all(rows.map(async (row) => ({ ...row, fault: await faultOf(ctx, row) })))
  return { kpis: new Map(found.map((each) => [each.code, each])), calendar, today: ctx.today }
}

const faultOf = async (ctx: Context, row: Row): Promise<PointFault | undefined> => {
  if (row.formula !== null)
    return new PointFault('kpi', 'wrong_measurement', `${row.code} is worked out by its formula`)
  if (row.state === 'retired') return new PointFault('kpi', 'invalid_transition', `${row.code} is retired`)
  return (await mayMeasure(ctx, row))
    ? undefined
    : new PointFault('kpi', 'forbidden', `You may not measure ${row.code}`)
}

/**
 * The KPIs of an import as they are when it is written, which may be long after it was judged.
 * @throws Problem 409 when one of them cannot be measured any more
 */
export const requireMeasurable = async (ctx: Context, ids: readonly string[]): Promise<void> => {
  const { kpis: known } = await loadImportKpis(ctx)
  const fine = new Set([...known.values()].flatMap(({ id, fault }) => (fault ? [] : [id])))
  if (ids.some((id) => !fine.has(id))) throw new Problem('conflict', 'A KPI was changed while its values were received')
}
