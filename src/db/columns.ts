import { type SQL, sql } from 'drizzle-orm'
import {
  type AnyPgColumn,
  customType,
  type ExtraConfigColumn,
  foreignKey,
  index,
  integer,
  type PgColumnBuilderBase,
  type PgTableExtraConfigValue,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'

/** Postgres prints '2026-11-21 10:00:00.12+00' when the session's zone is UTC, which pool.ts sets. */
export const instantFromText = (text: string): string =>
  `${text.slice(0, 10)}T${text.slice(11, 19)}.${text.slice(20, -3).padEnd(3, '0')}Z`

/**
 * `timestamptz(3)` as RFC 3339 text in UTC, always with milliseconds, so that instants compare as strings.
 * Three digits because JavaScript cuts microseconds, and keyset cursors would then repeat or miss rows.
 */
export const instant = customType<{ data: string; driverData: string }>({
  dataType: () => 'timestamptz(3)',
  fromDriver: instantFromText,
})

/** Columns of every resource: tenant first, because every key, index and query begins with it. */
const base = () => ({
  tenantId: uuid('tenant_id').notNull(),
  id: uuid('id').notNull(),
  externalId: text('external_id'),
  version: integer('version').notNull().default(1),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
  deletedAt: instant('deleted_at'),
})

type Base = ReturnType<typeof base>
type Builders = Record<string, PgColumnBuilderBase>

/** A table that holds a resource: base columns, composite key, external id unique among live rows, sync index. */
export const resourceTable = <N extends string, C extends Builders>(
  name: N,
  columns: C,
  constraints: (
    table: Record<keyof C | keyof Base, ExtraConfigColumn & AnyPgColumn>,
  ) => PgTableExtraConfigValue[] = () => [],
) =>
  pgTable(name, { ...base(), ...columns } as Base & C, (table) => {
    const t = table as unknown as Record<keyof C | keyof Base, ExtraConfigColumn & AnyPgColumn>
    return [
      primaryKey({ columns: [t.tenantId, t.id] }),
      uniqueIndex(`${name}_external_id`)
        .on(t.tenantId, t.externalId)
        .where(sql`${t.externalId} is not null and ${t.deletedAt} is null`),
      index(`${name}_updated_at`).on(t.tenantId, t.updatedAt),
      ...constraints(t),
    ]
  })

/** What a foreign key needs to know of its target. */
export type TenantKey = Record<'tenantId' | 'id', AnyPgColumn>

/** A foreign key inside the tenant: both sides carry `tenant_id`, so no row can point into another organization. */
export const reference = (tenantId: AnyPgColumn, column: AnyPgColumn, target: () => TenantKey, name: string) =>
  foreignKey({ name, columns: [tenantId, column], foreignColumns: [target().tenantId, target().id] })

/** `CHECK (column in (…))`: text with a check instead of an enum, because enum operators are not leakproof. */
export const oneOf = (column: AnyPgColumn, values: readonly string[]): SQL =>
  sql`${column} in (${sql.raw(values.map((value) => `'${value}'`).join(', '))})`
