import type { Context } from '../../api/operation.ts'
import { query } from '../../db/statement.ts'
import type { Period } from '../../scoring/index.ts'
import type { Dimensions } from './measurement.table.ts'

/** A point as it is stored, judged already. `key` is the canonical text of its dimensions. */
export type Point = {
  id: string
  kpiId: string
  key: string
  dimensions: Dimensions
  period: string
  grain: Period
  periodStart: string
  periodEnd: string
  spanStart: string | null
  value: number | null
  numerator: number | null
  denominator: number | null
  note: string | null
  /** Where it comes from. */
  source: string
}

/** What became of a point: `before` is the value a correction replaced. Of one that has another note only, it stands. */
export type Written = { id: string; kpiId: string; did: 'created' | 'corrected' | 'annotated'; before: number | null }

/** Dimensions as canonical JSON: members in order of their names, as `kpi_series` keeps them. */
export const keyOf = (dimensions: Dimensions): string =>
  JSON.stringify(Object.fromEntries(Object.entries(dimensions).toSorted(([one], [other]) => (one < other ? -1 : 1))))

/** What is read of a source of points, as alias `v`: the batch's JSON, or whatever an import has staged. */
const ofJson = `jsonb_to_recordset($2) as v (id uuid, "kpiId" uuid, key text, dimensions jsonb, period text, grain text,
  "periodStart" date, "periodEnd" date, "spanStart" date, value float8, numerator float8, denominator float8, note text, source text)`

const same = `m.tenant_id = $1 and m.series_id = s.id and m.period_start = v."periodStart" and m.period_end = v."periodEnd"
  and m.superseded_at is null and m.deleted_at is null`

/**
 * The statements that write points, in this order: series that are new, old values that a correction replaces, notes that
 * were said of known values, and the points themselves. A point that repeats what is known is not written, and one without
 * a note says nothing against the note there is. Before them, `otherSpans` finds points of a year
 * that is known as another span, or as a year by itself: neither corrects the other (decision 65). `source` names the points as `v`; $1 is the
 * tenant, $3 the instant, $4 the author. `among` narrows the points `m` that are looked through for the current ones.
 */
export const writeTexts = (source: string, among = '') => ({
  otherSpans: `select v.id, m.period from ${source} join kpi_series s on s.tenant_id = $1 and s.kpi_id = v."kpiId" and s.key = v.key
    join measurements m on ${same} ${among} where v.grain = 'year' and m.span_start is distinct from v."spanStart"`,
  series: `insert into kpi_series (tenant_id, id, kpi_id, dimensions, key, created_at)
    select distinct on (v."kpiId", v.key) $1, v.id, v."kpiId", v.dimensions, v.key, $3::timestamptz from ${source}
    order by v."kpiId", v.key on conflict do nothing`,
  correct: `update measurements m set superseded_at = $3, updated_at = $3
    from ${source} join kpi_series s on s.tenant_id = $1 and s.kpi_id = v."kpiId" and s.key = v.key
    where ${same} ${among} and (m.value, m.numerator, m.denominator) is distinct from (v.value, v.numerator, v.denominator)
    returning v.id, m.value`,
  annotate: `update measurements m set note = v.note, version = m.version + 1, updated_at = $3
    from ${source} join kpi_series s on s.tenant_id = $1 and s.kpi_id = v."kpiId" and s.key = v.key
    where ${same} ${among} and v.note is not null and m.note is distinct from v.note returning v.id, m.kpi_id as "kpiId"`,
  insert: `insert into measurements (tenant_id, id, kpi_id, series_id, period, grain, period_start, period_end, span_start, value,
      numerator, denominator, note, source, author_id, created_at, updated_at)
    select $1, v.id, v."kpiId", s.id, v.period, v.grain, v."periodStart", v."periodEnd", v."spanStart", v.value, v.numerator,
      v.denominator, v.note, v.source, $4, $3, $3
    from ${source} join kpi_series s on s.tenant_id = $1 and s.kpi_id = v."kpiId" and s.key = v.key
    where not exists (select from measurements m where ${same} ${among})`,
})
/** Behind the insert, where it is asked which points were new. */
export const returningWritten = 'returning id, kpi_id as "kpiId"'

const texts = writeTexts(ofJson)

/** Why a year cannot be recorded over what is there. */
export const spanFault = (known: string): string => `${known} was measured: take that back first`

/** The points of a year that was measured as another span: the period it is known by, by the id of the point. */
export const otherSpans = async ({ actor, db }: Context, points: readonly Point[]): Promise<Map<string, string>> => {
  if (points.every(({ grain }) => grain !== 'year')) return new Map()
  const rows = await query<{ id: string; period: string }>(db, 'measurements_other_spans', texts.otherSpans, [
    actor.tenantId,
    JSON.stringify(points),
  ])
  return new Map(rows.map(({ id, period }) => [id, period]))
}

/**
 * Writes points with the KPIs locked; answers those that were written, with the value a correction replaced. Sent
 * together: each statement sees what the one before it did.
 */
export const writePoints = async (
  { actor, db }: Context,
  recordedAt: string,
  points: readonly Point[],
): Promise<Map<string, Written>> => {
  const json = JSON.stringify(points)
  const common = [actor.tenantId, json, recordedAt]
  type Place = { id: string; kpiId: string }
  const [, corrected, annotated, inserted] = await Promise.all([
    query(db, 'kpi_series_make', texts.series, common),
    query<{ id: string; value: number | null }>(db, 'measurements_correct', texts.correct, common),
    points.some(({ note }) => note !== null)
      ? query<Place>(db, 'measurements_annotate', texts.annotate, common)
      : Promise.resolve([]),
    query<Place>(db, 'measurements_insert', `${texts.insert} ${returningWritten}`, [...common, actor.id]),
  ])
  const before = new Map(corrected.map(({ id, value }) => [id, value]))
  const written = [
    ...annotated.map((place): Written => ({ ...place, did: 'annotated', before: null })),
    ...inserted.map((place): Written => {
      const did = before.has(place.id) ? 'corrected' : 'created'
      return { ...place, did, before: before.get(place.id) ?? null }
    }),
  ]
  return new Map(written.map((one) => [one.id, one]))
}

/** The ids points are known by now: their own, or that of the same point recorded before. */
export const currentIds = async ({ actor, db }: Context, points: readonly Point[]): Promise<Map<string, string>> => {
  const rows = await query<{ id: string; current: string }>(
    db,
    'measurements_now',
    `select v.id, m.id as current from ${ofJson} join kpi_series s on s.tenant_id = $1 and s.kpi_id = v."kpiId" and s.key = v.key
     join measurements m on ${same}`,
    [actor.tenantId, JSON.stringify(points)],
  )
  return new Map(rows.map(({ id, current }) => [id, current]))
}
