import { date, index, text, uuid } from 'drizzle-orm/pg-core'
import { reference, resourceTable } from '../../db/columns.ts'

export const pillars = resourceTable(
  'pillars',
  {
    title: text('title').notNull(),
    narrative: text('narrative'),
    startsOn: date('starts_on'),
    endsOn: date('ends_on'),
    parentId: uuid('parent_id'),
  },
  (t) => [
    reference(t.tenantId, t.parentId, () => t, 'pillars_parent'),
    index('pillars_parent_id').on(t.tenantId, t.parentId),
  ],
)
