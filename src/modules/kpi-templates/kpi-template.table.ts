import { jsonb, text } from 'drizzle-orm/pg-core'
import { resourceTable } from '../../db/columns.ts'

/** A KPI as it will be made, without code and owner. */
export type TemplateKpi = Record<string, unknown>

/** An organization's own templates; the built-in ones are code (kpi-template.catalogue.ts). */
export const kpiTemplates = resourceTable('kpi_templates', {
  name: text('name').notNull(),
  area: text('area').notNull(),
  /** What it tells, and how it is worked out, in words. */
  tells: text('tells').notNull(),
  computedFrom: text('computed_from'),
  kpi: jsonb('kpi').$type<TemplateKpi>().notNull(),
})
