import { index, jsonb, text, uuid } from 'drizzle-orm/pg-core'
import { instant, reference, resourceTable } from '../../db/columns.ts'
import { keyResults } from '../key-results/key-result.table.ts'

/** A member of a definition before and after. */
export type Moved = { before: unknown; after: unknown }

/** What changed in the definition of a key result after its first reading, and why; appended, never changed. */
export const revisions = resourceTable(
  'revisions',
  {
    keyResultId: uuid('key_result_id').notNull(),
    recordedAt: instant('recorded_at').notNull(),
    authorId: uuid('author_id').notNull(),
    reason: text('reason').notNull(),
    changes: jsonb('changes').$type<Record<string, Moved>>().notNull(),
  },
  (t) => [
    reference(t.tenantId, t.keyResultId, () => keyResults, 'revisions_key_result'),
    index('revisions_key_result_id').on(t.tenantId, t.keyResultId, t.recordedAt),
  ],
)
