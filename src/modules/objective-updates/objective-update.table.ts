import { boolean, check, index, text, uuid } from 'drizzle-orm/pg-core'
import { instant, oneOf, reference, resourceTable } from '../../db/columns.ts'
import { reportedHealths } from '../check-ins/check-in.table.ts'
import { objectives } from '../objectives/objective.table.ts'

export const objectiveUpdates = resourceTable(
  'objective_updates',
  {
    objectiveId: uuid('objective_id').notNull(),
    text: text('text').notNull(),
    reportedHealth: text('reported_health', { enum: reportedHealths }),
    effectiveAt: instant('effective_at').notNull(),
    /** The person or API key that wrote it; only a person's reported health counts. */
    authorId: uuid('author_id').notNull(),
    byPerson: boolean('by_person').notNull(),
  },
  (t) => [
    reference(t.tenantId, t.objectiveId, () => objectives, 'objective_updates_objective'),
    check('objective_updates_reported_health', oneOf(t.reportedHealth, reportedHealths)),
    index('objective_updates_objective_id').on(t.tenantId, t.objectiveId, t.effectiveAt.desc(), t.id.desc()),
  ],
)
