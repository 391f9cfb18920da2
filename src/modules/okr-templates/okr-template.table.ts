import { jsonb, text } from 'drizzle-orm/pg-core'
import { resourceTable } from '../../db/columns.ts'
import type { commitments } from '../objectives/objective.table.ts'

/** An objective as it will be made, without cycle and owner. */
export type TemplateObjective = {
  title: string
  description: string | null
  rationale: string | null
  commitment: (typeof commitments)[number]
}

/** A key result as it will be made: what a create takes, without the objective. */
export type TemplateKeyResult = { title: string; kind: string } & Record<string, unknown>

/** An organization's own templates; the built-in ones are code (okr-template.catalogue.ts). */
export const okrTemplates = resourceTable('okr_templates', {
  name: text('name').notNull(),
  area: text('area').notNull(),
  objective: jsonb('objective').$type<TemplateObjective>().notNull(),
  keyResults: jsonb('key_results').$type<TemplateKeyResult[]>().notNull(),
})
