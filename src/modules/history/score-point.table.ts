import { sql } from 'drizzle-orm'
import { check, doublePrecision, index, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { instant, reference } from '../../db/columns.ts'
import type { HealthSegment } from '../../scoring/index.ts'
import { keyResults } from '../key-results/key-result.table.ts'
import { objectives } from '../objectives/objective.table.ts'

/** What was known when: appended on every change of a stored number or health, never changed. */
export const scorePoints = pgTable(
  'score_points',
  {
    tenantId: uuid('tenant_id').notNull(),
    id: uuid('id').notNull(),
    objectiveId: uuid('objective_id'),
    keyResultId: uuid('key_result_id'),
    recordedAt: instant('recorded_at').notNull(),
    attainment: doublePrecision('attainment'),
    progress: doublePrecision('progress'),
    confidence: doublePrecision('confidence'),
    coverage: doublePrecision('coverage'),
    timeline: jsonb('timeline').$type<readonly HealthSegment[]>().notNull(),
    causeType: text('cause_type').notNull(),
    causeId: uuid('cause_id').notNull(),
    scoringVersion: integer('scoring_version').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    reference(t.tenantId, t.objectiveId, () => objectives, 'score_points_objective'),
    reference(t.tenantId, t.keyResultId, () => keyResults, 'score_points_key_result'),
    check('score_points_one_subject', sql`num_nonnulls(${t.objectiveId}, ${t.keyResultId}) = 1`),
    index('score_points_objective_id')
      .on(t.tenantId, t.objectiveId, t.recordedAt)
      .where(sql`${t.objectiveId} is not null`),
    index('score_points_key_result_id')
      .on(t.tenantId, t.keyResultId, t.recordedAt)
      .where(sql`${t.keyResultId} is not null`),
  ],
)
