import { sql } from 'drizzle-orm'
import { check, index, text, uuid } from 'drizzle-orm/pg-core'
import { reference, resourceTable } from '../../db/columns.ts'
import { checkIns } from '../check-ins/check-in.table.ts'
import { initiatives } from '../initiatives/initiative.table.ts'
import { keyResults } from '../key-results/key-result.table.ts'
import { kpis } from '../kpis/kpi.table.ts'
import { objectives } from '../objectives/objective.table.ts'

export const commentSubjects = ['objective', 'key_result', 'initiative', 'check_in', 'kpi'] as const

export const comments = resourceTable(
  'comments',
  {
    objectiveId: uuid('objective_id'),
    keyResultId: uuid('key_result_id'),
    initiativeId: uuid('initiative_id'),
    checkInId: uuid('check_in_id'),
    kpiId: uuid('kpi_id'),
    /** Derived from the columns above, so that callers see and filter one pair. */
    subjectType: text('subject_type', { enum: commentSubjects })
      .notNull()
      .generatedAlwaysAs(
        sql`case when objective_id is not null then 'objective' when key_result_id is not null then 'key_result' when initiative_id is not null then 'initiative' when check_in_id is not null then 'check_in' else 'kpi' end`,
      ),
    subjectId: uuid('subject_id')
      .notNull()
      .generatedAlwaysAs(sql`coalesce(objective_id, key_result_id, initiative_id, check_in_id, kpi_id)`),
    body: text('body').notNull(),
    /** The person or API key that wrote it. */
    authorId: uuid('author_id').notNull(),
    /** People it is meant for. */
    mentions: uuid('mentions').array().notNull(),
  },
  (t) => [
    reference(t.tenantId, t.objectiveId, () => objectives, 'comments_objective'),
    reference(t.tenantId, t.keyResultId, () => keyResults, 'comments_key_result'),
    reference(t.tenantId, t.initiativeId, () => initiatives, 'comments_initiative'),
    reference(t.tenantId, t.checkInId, () => checkIns, 'comments_check_in'),
    reference(t.tenantId, t.kpiId, () => kpis, 'comments_kpi'),
    check(
      'comments_one_subject',
      sql`num_nonnulls(${t.objectiveId}, ${t.keyResultId}, ${t.initiativeId}, ${t.checkInId}, ${t.kpiId}) = 1`,
    ),
    index('comments_subject_id').on(t.tenantId, t.subjectId),
  ],
)
