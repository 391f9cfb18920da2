import { check, index, text, uuid } from 'drizzle-orm/pg-core'
import { instant, oneOf, reference, resourceTable } from '../../db/columns.ts'
import { objectives } from '../objectives/objective.table.ts'
import { users } from '../users/user.table.ts'

export const feedbackKinds = ['praise', 'suggestion'] as const
export const feedbackStates = ['requested', 'given'] as const
export const feedbackVisibilities = ['subject', 'line', 'organization'] as const

export const feedback = resourceTable(
  'feedback',
  {
    fromId: uuid('from_id').notNull(),
    aboutId: uuid('about_id').notNull(),
    objectiveId: uuid('objective_id'),
    kind: text('kind', { enum: feedbackKinds }).notNull(),
    visibility: text('visibility', { enum: feedbackVisibilities }).notNull(),
    state: text('state', { enum: feedbackStates }).notNull(),
    text: text('text'),
    /** Who asked for it, if somebody did. */
    requestedById: uuid('requested_by_id'),
    givenAt: instant('given_at'),
  },
  (t) => [
    reference(t.tenantId, t.fromId, () => users, 'feedback_from'),
    reference(t.tenantId, t.aboutId, () => users, 'feedback_about'),
    reference(t.tenantId, t.objectiveId, () => objectives, 'feedback_objective'),
    check('feedback_kind', oneOf(t.kind, feedbackKinds)),
    check('feedback_state', oneOf(t.state, feedbackStates)),
    check('feedback_visibility', oneOf(t.visibility, feedbackVisibilities)),
    index('feedback_about_id').on(t.tenantId, t.aboutId),
    index('feedback_from_id').on(t.tenantId, t.fromId),
  ],
)
