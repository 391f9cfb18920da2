import { sql } from 'drizzle-orm'
import {
  check,
  date,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { instant, oneOf, reference } from '../../db/columns.ts'
import { kpis } from '../kpis/kpi.table.ts'

export const grains = ['day', 'week', 'month', 'quarter', 'year'] as const
export type Dimensions = Record<string, string>

/** One row for each KPI and set of dimensions, so that points are found by a uuid and a date under row-level security. */
export const kpiSeries = pgTable(
  'kpi_series',
  {
    tenantId: uuid('tenant_id').notNull(),
    id: uuid('id').notNull(),
    kpiId: uuid('kpi_id').notNull(),
    dimensions: jsonb('dimensions').$type<Dimensions>().notNull(),
    /** The dimensions as canonical JSON: members in order of their names. */
    key: text('key').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    reference(t.tenantId, t.kpiId, () => kpis, 'kpi_series_kpi'),
    uniqueIndex('kpi_series_key').on(t.tenantId, t.kpiId, t.key),
  ],
)

/**
 * Range-partitioned by the year of `period_start` (by hand in the migration). No foreign key to `kpi_series`: series are
 * never deleted, every insert reads them in the same statement, and the check would cost an import a third of its speed.
 */
export const measurements = pgTable(
  'measurements',
  {
    tenantId: uuid('tenant_id').notNull(),
    id: uuid('id').notNull(),
    kpiId: uuid('kpi_id').notNull(),
    seriesId: uuid('series_id').notNull(),
    /** As it reads, such as `2026-Q1`: labels depend on the organization's calendar. */
    period: text('period').notNull(),
    grain: text('grain', { enum: grains }).notNull(),
    periodStart: date('period_start').notNull(),
    periodEnd: date('period_end').notNull(),
    /** Where a span of several years begins; it is stored by its last year. */
    spanStart: date('span_start'),
    /** Null where numerator and denominator say it and the denominator is 0. */
    value: doublePrecision('value'),
    numerator: doublePrecision('numerator'),
    denominator: doublePrecision('denominator'),
    note: text('note'),
    /** Counts the notes: a correction is another row. */
    version: integer('version').notNull().default(1),
    /** Where it came from: `api`, `import`, or what the caller said. */
    source: text('source').notNull(),
    /** The person or API key that recorded it. */
    authorId: uuid('author_id').notNull(),
    /** When we learnt it. */
    createdAt: instant('created_at').notNull(),
    /** When it was recorded, corrected or taken back. */
    updatedAt: instant('updated_at').notNull(),
    /** When a correction took its place: the old value stays readable. */
    supersededAt: instant('superseded_at'),
    /** When it was taken back. */
    deletedAt: instant('deleted_at'),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id, t.periodStart] }),
    check('measurements_grain', oneOf(t.grain, grains)),
    check('measurements_period', sql`${t.periodEnd} >= ${t.periodStart}`),
    check('measurements_value', sql`${t.value} is not null or (${t.numerator} is not null and ${t.denominator} = 0)`),
    uniqueIndex('measurements_current')
      .on(t.tenantId, t.seriesId, t.periodStart, t.periodEnd.desc())
      .where(sql`${t.supersededAt} is null and ${t.deletedAt} is null`),
    index('measurements_past')
      .on(t.tenantId, t.seriesId, t.periodStart)
      .where(sql`${t.supersededAt} is not null or ${t.deletedAt} is not null`),
    index('measurements_kpi_id')
      .on(t.tenantId, t.kpiId, t.id)
      .where(sql`${t.supersededAt} is null and ${t.deletedAt} is null`),
    index('measurements_kpi_period')
      .on(t.tenantId, t.kpiId, t.periodStart, t.id)
      .where(sql`${t.supersededAt} is null and ${t.deletedAt} is null`),
  ],
)
