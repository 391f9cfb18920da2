import type { QueryConfig, QueryResultRow } from 'pg'
import type { Context } from '../../api/operation.ts'
import { lockKpis } from '../kpis/kpi.lock.ts'
import { rescoreKpis } from '../kpis/kpi.rescore.ts'
import { returningWritten, spanFault, writeTexts } from '../measurements/measurement.write.ts'
import { requireMeasurable } from './import.kpis.ts'
import type { ReceivedImport } from './import.receive.ts'
import { countRefusals, type Refusals, type Report, refusedWhole } from './import.report.ts'

/** Milliseconds one of the statements may take: millions of rows are more than the 5 s of others. */
const longest = 1_800_000

const mine = 'r.tenant_id = $1 and r.import_id = $2'
const staged = `(
  select r.id, r.kpi_id as "kpiId", r.key, r.period, r.grain, r.period_start as "periodStart", r.period_end as "periodEnd",
    r.span_start as "spanStart", r.value, r.numerator, r.denominator, r.note, 'import' as source
  from measurement_staging r where ${mine}) as v`
const stagedSeries = `(
  select gen_random_uuid() as id, kpi_id as "kpiId", key, key::jsonb as dimensions
  from (select distinct r.kpi_id, r.key from measurement_staging r where ${mine}) d) as v`
/** Of the KPIs $7 and the years from $5 to $6 only, which is known before the join. $3 and $4 have no part in some. */
const among = `and $3::timestamptz is not null and $4::uuid is not null and m.period_start between $5::date and $6::date
  and m.series_id = any((select array_agg(s.id) from kpi_series s where s.tenant_id = $1 and s.kpi_id = any($7))::uuid[])`
const { correct, annotate, insert, otherSpans } = writeTexts(staged, among)
const { series } = writeTexts(stagedSeries)
// Counted where they are: the answer of an import must not grow with it.
const correctText = `with corrected as (${correct}) select count(*)::int as count from corrected`
const annotateText = `with written as (${annotate}) select "kpiId" as id, count(*)::int as count from written group by 1`
const insertText = `with written as (${insert} ${returningWritten}) select "kpiId" as id, count(*)::int as count from written group by 1`

/**
 * The KPIs of an import with the days their points begin on, and whether any point may be there twice: a digest of each
 * is sorted more quickly than the points.
 */
const spansText = `
  select r.kpi_id as id, min(r.period_start) as first, max(r.period_start) as last,
    max(case r.grain when 'week' then r.period_start + 3 else r.period_start end) as newest,
    bool_or(r.grain = 'year') as "hasYears", bool_or(r.note is not null) as "hasNotes",
    count(*) > count(distinct hash_record_extended((r.key, r.period_start, r.period_end), 0)) as repeats
  from measurement_staging r where ${mine} group by 1`

/** Rows that repeat a point of the same file: the first value stands, by the first row that has a note with it. */
const repeatedText = `
  with doubled as materialized (
    select place, line, is_value and line = told_line as is_kept, is_value and (note is null or note = told_note) as same,
      case when is_value then told_line else first_line end as first
    from (
      select *, first_value(note) over told as told_note, first_value(line) over told as told_line
      from (
        select r.ctid as place, r.line, r.note, r.kpi_id, r.key, r.period_start, r.period_end,
          first_value(r.line) over point as first_line,
          count(*) over (partition by r.kpi_id, r.key collate "C", r.period_start, r.period_end) as times,
          (r.value, r.numerator, r.denominator) is not distinct from (first_value(r.value) over point,
            first_value(r.numerator) over point, first_value(r.denominator) over point)
            and r.span_start is not distinct from first_value(r.span_start) over point as is_value
        from measurement_staging r where ${mine}
        window point as (partition by r.kpi_id, r.key collate "C", r.period_start, r.period_end order by r.line)
      ) p where times > 1
      window told as (partition by kpi_id, key collate "C", period_start, period_end, is_value order by note is null, line)
    ) d
  ), gone as (delete from measurement_staging r using doubled d where r.ctid = d.place and not d.is_kept and ${mine})
  select count(*) filter (where not same)::int as different,
    coalesce((select json_agg(json_build_object('line', line, 'first', first) order by line)
      from (select * from doubled where not same order by line limit 1000) d), '[]') as told
  from doubled`

/** Rows of a year that was measured as another span. */
const otherSpansText = `
  with other as (${otherSpans}), gone as (
    delete from measurement_staging r using other o where r.id = o.id and ${mine} returning r.line, o.period)
  select count(*)::int as count, coalesce((select json_agg(json_build_object('line', line, 'known', period) order by line)
    from (select * from gone order by line limit 1000) g), '[]') as told from gone`

/** The same work, with statements that may take long: the connection itself gives up on others after 7 s. */
const patient = (ctx: Context): Context => {
  const query: Context['db']['query'] = (config, values) =>
    ctx.db.query({
      ...(typeof config === 'string' ? { text: config } : config),
      ...(values ? { values } : {}),
      query_timeout: longest,
    } as QueryConfig)
  return { ...ctx, db: { query } }
}

/**
 * Writes what was received: set-wise, however many rows, in the order of its statements. A point the file has twice is
 * taken once, and refused where the two disagree.
 * @throws Problem 422 `import_refused` when it is atomic and a row is refused
 */
export const writeImport = async (
  request: Context,
  { importId, rows, refusals: before }: ReceivedImport,
  atomic: boolean,
): Promise<Report> => {
  const ctx = patient(request)
  const send = <R extends QueryResultRow>(text: string, ...values: unknown[]) =>
    ctx.db.query<R>({ text, values: [ctx.actor.tenantId, importId, ...values] })
  // Postgres has no statistics of what was staged just now: it would take it for a row or two, and look each up.
  await ctx.db.query(
    `set local statement_timeout = ${longest}; set local work_mem = '64MB'; set local enable_nestloop = off`,
  )

  const refusals = countRefusals(before)
  const spans = (await send<Span>(spansText)).rows
  if (spans.some(({ repeats }) => repeats))
    noteRepeated(refusals, (await send<Repeated>(repeatedText)).rows[0] as Repeated)
  if (atomic && refusals.count > 0) throw refusedWhole(rows, refusals)

  const kpiIds = spans.map(({ id }) => id)
  if (kpiIds.length === 0) return reportOf(rows, refusals)

  const locked = await lockKpis(ctx, kpiIds)
  await requireMeasurable(ctx, kpiIds)
  const first = spans.map((span) => span.first).toSorted()[0]
  const last = spans
    .map((span) => span.last)
    .toSorted()
    .at(-1)
  const common = [locked.recordedAt, ctx.actor.id, first, last, kpiIds]
  if (spans.some(({ hasYears }) => hasYears)) {
    noteSpans(refusals, (await send<OtherSpans>(otherSpansText, ...common)).rows[0] as OtherSpans)
    if (atomic && refusals.count > 0) throw refusedWhole(rows, refusals)
  }
  await send(series, locked.recordedAt)
  const corrected = (await send<Count>(correctText, ...common)).rows[0]?.count ?? 0
  const hasNotes = spans.some((span) => span.hasNotes)
  const annotated = hasNotes ? (await send<Count & { id: string }>(annotateText, ...common)).rows : []
  // Of one KPI Postgres says anyway how many rows there were.
  const written =
    kpiIds.length === 1
      ? [{ id: kpiIds[0] as string, count: (await send(insert, ...common)).rowCount ?? 0 }].filter(
          ({ count }) => count > 0,
        )
      : (await send<Count & { id: string }>(insertText, ...common)).rows
  const [count, noted] = [sumOf(written), sumOf(annotated)]
  for (const [id, some] of Map.groupBy([...written, ...annotated], (one) => one.id))
    ctx.emit({
      type: 'kpi.measurements_imported',
      subject: { type: 'kpi', id },
      changes: { points: [null, sumOf(some)] },
    })
  const ids = written.map(({ id }) => id)
  // Plans were made for the tables as they were before these rows.
  await ctx.db.query('set local enable_nestloop = on; set local plan_cache_mode = force_custom_plan')
  if (ids.length > 0)
    await rescoreKpis(
      ctx,
      locked,
      ids,
      (id) => ({ type: 'kpi', id }),
      new Map(spans.map(({ id, newest }) => [id, newest])),
    )
  const unchanged = rows - refusals.count - count - noted
  return { ...reportOf(rows, refusals), created: count - corrected, corrected, noted, unchanged, kpis: ids.length }
}

const sumOf = (counts: readonly Count[]): number => counts.reduce((sum, { count }) => sum + count, 0)

const reportOf = (rows: number, { count, told, byCode }: Refusals): Report => ({
  rows,
  created: 0,
  corrected: 0,
  noted: 0,
  unchanged: 0,
  refused: count,
  kpis: 0,
  refusals: told,
  refusalsByCode: byCode,
})

type Span = {
  id: string
  first: string
  last: string
  newest: string
  hasYears: boolean
  hasNotes: boolean
  repeats: boolean
}
type Count = { count: number }
type OtherSpans = { count: number; told: { line: number; known: string }[] }
type Repeated = { different: number; told: { line: number; first: number }[] }

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

const noteSpans = (refusals: Refusals, { count, told }: OtherSpans): void => {
  for (const { line, known } of told)
    refusals.add({ line, column: null, code: 'span_conflict', message: spanFault(known) })
  refusals.addUntold('span_conflict', count - told.length)
}
