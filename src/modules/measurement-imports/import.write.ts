import type { QueryResultRow } from 'pg'
import type { Context } from '../../api/operation.ts'
import { lockKpis } from '../kpis/kpi.lock.ts'
import { rescoreKpis } from '../kpis/kpi.rescore.ts'
import { writeTexts } from '../measurements/measurement.write.ts'
import { requireMeasurable } from './import.kpis.ts'
import type { ReceivedImport } from './import.receive.ts'
import { countRefusals, type Refusals, type Report, refusedWhole } from './import.report.ts'

/** Milliseconds one of the statements may take: millions of rows are more than the 5 s of others. */
const longest = 1_800_000

const mine = 'r.tenant_id = $1 and r.import_id = $2'
const { series, correct, insert } = writeTexts(`(
  select r.id, r.kpi_id as "kpiId", r.key, r.key::jsonb as dimensions, r.period, r.grain, r.period_start as "periodStart",
    r.period_end as "periodEnd", r.span_start as "spanStart", r.value, r.numerator, r.denominator, r.note,
    'import' as source
  from measurement_staging r where ${mine}) as v`)
// Counted where they are: the answer of an import must not grow with it.
const correctText = `with corrected as (${correct}) select count(*)::int as count from corrected`
const insertText = `with written as (${insert}) select "kpiId" as id, count(*)::int as count from written group by 1`

/** Rows that repeat a point of the same file: the first one stands. */
const repeatedText = `
  with doubled as materialized (
    select * from (
      select r.ctid as place, r.line, first_value(r.line) over point as first_line,
        (r.value, r.numerator, r.denominator) is not distinct from (first_value(r.value) over point,
          first_value(r.numerator) over point, first_value(r.denominator) over point) as same
      from measurement_staging r where ${mine}
      window point as (partition by r.kpi_id, r.key, r.period_start, r.period_end order by r.line)
    ) d where line <> first_line
  ), gone as (delete from measurement_staging r using doubled d where r.ctid = d.place and ${mine})
  select count(*) filter (where same)::int as same, count(*) filter (where not same)::int as different,
    coalesce((select json_agg(json_build_object('line', line, 'first', first_line) order by line)
      from (select * from doubled where not same order by line limit 1000) d), '[]') as told
  from doubled`

const newestText = `select r.kpi_id as id, max(r.period_start) as day from measurement_staging r where ${mine} group by 1`

/**
 * Writes what was received: set-wise, however many rows, in the order of its statements. A point the file has twice is
 * taken once, and refused where the two disagree.
 * @throws Problem 422 `import_refused` when it is atomic and a row is refused
 */
export const writeImport = async (
  ctx: Context,
  { importId, rows, refusals: before }: ReceivedImport,
  atomic: boolean,
): Promise<Report> => {
  const { tenantId } = ctx.actor
  const send = <R extends QueryResultRow>(text: string, ...values: unknown[]) =>
    ctx.db.query<R>({ text, values: [tenantId, importId, ...values], query_timeout: longest } as never)
  await ctx.db.query(
    `set local statement_timeout = ${longest}; set local plan_cache_mode = force_custom_plan; set local work_mem = '64MB'`,
  )

  const refusals = countRefusals(before)
  const repeated = (await send<Repeated>(repeatedText)).rows[0] as Repeated
  noteRepeated(refusals, repeated)
  if (atomic && refusals.count > 0) throw refusedWhole(rows, refusals)

  const none = { rows, created: 0, corrected: 0, unchanged: 0, refused: refusals.count, kpis: 0 }
  const told = { refusals: refusals.told, refusalsByCode: refusals.byCode }
  const newest = new Map((await send<Newest>(newestText)).rows.map(({ id, day }) => [id, day]))
  if (newest.size === 0) return { ...none, ...told }

  const locked = await lockKpis(ctx, [...newest.keys()])
  await requireMeasurable(ctx, [...newest.keys()])
  await send(series, locked.recordedAt)
  const corrected = (await send<Count>(correctText, locked.recordedAt)).rows[0]?.count ?? 0
  const written = (await send<Count & { id: string }>(insertText, locked.recordedAt, ctx.actor.id)).rows
  const count = written.reduce((sum, one) => sum + one.count, 0)
  for (const { id, count: points } of written)
    ctx.emit({ type: 'kpi.measurements_imported', subject: { type: 'kpi', id }, changes: { points: [null, points] } })
  const ids = written.map(({ id }) => id)
  await ctx.db.query(`set local plan_cache_mode = force_generic_plan`)
  if (ids.length > 0) await rescoreKpis(ctx, locked, ids, (id) => ({ type: 'kpi', id }), newest)
  const unchanged = rows - refusals.count - count
  return { ...none, created: count - corrected, corrected, unchanged, kpis: ids.length, ...told }
}

type Newest = { id: string; day: string }
type Count = { count: number }
type Repeated = { same: number; different: number; told: { line: number; first: number }[] }

const noteRepeated = (refusals: Refusals, { different, told }: Repeated): void => {
  for (const { line, first } of told)
    refusals.add({
      line,
      column: null,
      code: 'duplicate_point',
      message: `Line ${first} says otherwise of the same period`,
    })
  refusals.addUntold('duplicate_point', different - told.length)
}
