import { sql } from 'drizzle-orm'
import { check, doublePrecision, index, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { oneOf, reference, resourceTable } from '../../db/columns.ts'
import { keyResults } from '../key-results/key-result.table.ts'
import { objectives } from '../objectives/objective.table.ts'

export const relations = ['contributes', 'supports'] as const

export const alignments = resourceTable(
  'alignments',
  {
    childObjectiveId: uuid('child_objective_id').notNull(),
    parentObjectiveId: uuid('parent_objective_id'),
    parentKeyResultId: uuid('parent_key_result_id'),
    relation: text('relation', { enum: relations }).notNull(),
    weight: doublePrecision('weight').notNull(),
  },
  (t) => [
    reference(t.tenantId, t.childObjectiveId, () => objectives, 'alignments_child'),
    reference(t.tenantId, t.parentObjectiveId, () => objectives, 'alignments_parent_objective'),
    reference(t.tenantId, t.parentKeyResultId, () => keyResults, 'alignments_parent_key_result'),
    check('alignments_one_parent', sql`num_nonnulls(${t.parentObjectiveId}, ${t.parentKeyResultId}) = 1`),
    check('alignments_relation', oneOf(t.relation, relations)),
    check('alignments_weight', sql`${t.weight} between 0 and 1e6`),
    uniqueIndex('alignments_objective_once')
      .on(t.tenantId, t.childObjectiveId, t.parentObjectiveId)
      .where(sql`${t.deletedAt} is null and ${t.parentObjectiveId} is not null`),
    uniqueIndex('alignments_key_result_once')
      .on(t.tenantId, t.childObjectiveId, t.parentKeyResultId)
      .where(sql`${t.deletedAt} is null and ${t.parentKeyResultId} is not null`),
    // Upwards from a goal, whatever its parent is: the two above are partial and serve neither question alone.
    index('alignments_child_objective_id').on(t.tenantId, t.childObjectiveId),
    index('alignments_parent_objective_id').on(t.tenantId, t.parentObjectiveId),
    index('alignments_parent_key_result_id').on(t.tenantId, t.parentKeyResultId),
  ],
)
