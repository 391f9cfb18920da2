import { sql } from 'drizzle-orm'
import { check, doublePrecision, index, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { reference, resourceTable } from '../../db/columns.ts'
import { keyResults } from '../key-results/key-result.table.ts'

export const keyResultLinks = resourceTable(
  'key_result_links',
  {
    childKeyResultId: uuid('child_key_result_id').notNull(),
    parentKeyResultId: uuid('parent_key_result_id').notNull(),
    share: doublePrecision('share').notNull(),
  },
  (t) => [
    reference(t.tenantId, t.childKeyResultId, () => keyResults, 'key_result_links_child'),
    reference(t.tenantId, t.parentKeyResultId, () => keyResults, 'key_result_links_parent'),
    check('key_result_links_share', sql`${t.share} > 0 and ${t.share} <= 1`),
    uniqueIndex('key_result_links_once')
      .on(t.tenantId, t.childKeyResultId, t.parentKeyResultId)
      .where(sql`${t.deletedAt} is null`),
    index('key_result_links_parent_id').on(t.tenantId, t.parentKeyResultId),
  ],
)
