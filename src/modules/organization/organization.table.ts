import { sql } from 'drizzle-orm'
import { integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { instant, resourceTable } from '../../db/columns.ts'
import type { Policy } from '../../scoring/index.ts'
import type { InsightPolicy } from './organization.policy.ts'

export const cadences = ['day', 'week', 'month', 'quarter'] as const
export const visibilities = ['organization', 'restricted', 'private'] as const
export const customFieldTypes = ['text', 'number', 'boolean', 'date'] as const

export type CustomField = { name: string; type: (typeof customFieldTypes)[number] }

/** Ids of all organizations: the one table without row-level security, for jobs that visit each tenant. */
export const tenants = pgTable('tenants', {
  id: uuid('id').primaryKey(),
  createdAt: instant('created_at').notNull(),
})

/** Days after which jobs delete, or erase texts about people; what is not named is kept by the standard, null for ever. */
export type Retention = {
  events?: number
  deliveries?: number
  audit?: number | null
  feedback?: number | null
  reviews?: number | null
}

export const organizations = resourceTable('organizations', {
  name: text('name').notNull(),
  timeZone: text('time_zone').notNull(),
  weekStart: integer('week_start').notNull(),
  fiscalYearStartMonth: integer('fiscal_year_start_month').notNull(),
  defaultCadence: text('default_cadence', { enum: cadences }).notNull(),
  defaultVisibility: text('default_visibility', { enum: visibilities }).notNull(),
  policy: jsonb('policy').$type<Partial<Policy>>().notNull(),
  /** Names only what was decided; the rest is the standard (organization.policy.ts). */
  insightPolicy: jsonb('insight_policy').$type<Partial<InsightPolicy>>().notNull().default(sql`'{}'`),
  customFields: jsonb('custom_fields').$type<CustomField[]>().notNull(),
  retention: jsonb('retention').$type<Retention>().notNull().default({}),
  /** Signs this organization's cursors; never published. */
  secret: text('secret').notNull(),
})
