import { sql } from 'drizzle-orm'
import { check, index, text, uuid } from 'drizzle-orm/pg-core'
import { instant, oneOf, reference, resourceTable } from '../../db/columns.ts'
import { checkIns } from '../check-ins/check-in.table.ts'
import { initiatives } from '../initiatives/initiative.table.ts'
import { keyResults } from '../key-results/key-result.table.ts'
import { objectives } from '../objectives/objective.table.ts'
import { users } from '../users/user.table.ts'

export const severities = ['low', 'medium', 'high', 'critical'] as const
export const blockerStates = ['open', 'resolved'] as const
export const blockerSubjects = ['objective', 'key_result', 'initiative'] as const

export const blockers = resourceTable(
  'blockers',
  {
    objectiveId: uuid('objective_id'),
    keyResultId: uuid('key_result_id'),
    initiativeId: uuid('initiative_id'),
    /** Derived from the columns above, so that callers see and filter one pair. */
    subjectType: text('subject_type', { enum: blockerSubjects })
      .notNull()
      .generatedAlwaysAs(
        sql`case when objective_id is not null then 'objective' when key_result_id is not null then 'key_result' else 'initiative' end`,
      ),
    subjectId: uuid('subject_id')
      .notNull()
      .generatedAlwaysAs(sql`coalesce(objective_id, key_result_id, initiative_id)`),
    checkInId: uuid('check_in_id'),
    title: text('title').notNull(),
    description: text('description'),
    severity: text('severity', { enum: severities }).notNull(),
    ownerId: uuid('owner_id'),
    state: text('state', { enum: blockerStates }).notNull(),
    resolvedAt: instant('resolved_at'),
  },
  (t) => [
    reference(t.tenantId, t.objectiveId, () => objectives, 'blockers_objective'),
    reference(t.tenantId, t.keyResultId, () => keyResults, 'blockers_key_result'),
    reference(t.tenantId, t.initiativeId, () => initiatives, 'blockers_initiative'),
    reference(t.tenantId, t.checkInId, () => checkIns, 'blockers_check_in'),
    reference(t.tenantId, t.ownerId, () => users, 'blockers_owner'),
    check('blockers_one_subject', sql`num_nonnulls(${t.objectiveId}, ${t.keyResultId}, ${t.initiativeId}) = 1`),
    check('blockers_severity', oneOf(t.severity, severities)),
    check(
      'blockers_state',
      sql`(${t.state} = 'open' and ${t.resolvedAt} is null) or (${t.state} = 'resolved' and ${t.resolvedAt} is not null)`,
    ),
    index('blockers_subject_id').on(t.tenantId, t.subjectId),
    index('blockers_check_in_id').on(t.tenantId, t.checkInId),
    index('blockers_owner_id').on(t.tenantId, t.ownerId),
  ],
)
