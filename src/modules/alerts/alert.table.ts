import { sql } from 'drizzle-orm'
import { check, index, jsonb, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { instant, oneOf, reference, resourceTable } from '../../db/columns.ts'
import { alertRules } from '../alert-rules/alert-rule.table.ts'
import { keyResults } from '../key-results/key-result.table.ts'
import { kpis } from '../kpis/kpi.table.ts'
import { objectives } from '../objectives/objective.table.ts'

export const alertStates = ['open', 'resolved'] as const
export const alertSubjects = ['kpi', 'objective', 'key_result'] as const

/** One episode: from when a rule began to hold for its subject until it ended. */
export const alerts = resourceTable(
  'alerts',
  {
    ruleId: uuid('rule_id').notNull(),
    kpiId: uuid('kpi_id'),
    objectiveId: uuid('objective_id'),
    keyResultId: uuid('key_result_id'),
    /** Derived from the columns above, so that callers see and filter one pair. */
    subjectType: text('subject_type', { enum: alertSubjects })
      .notNull()
      .generatedAlwaysAs(
        sql`case when kpi_id is not null then 'kpi' when objective_id is not null then 'objective' else 'key_result' end`,
      ),
    subjectId: uuid('subject_id').notNull().generatedAlwaysAs(sql`coalesce(kpi_id, objective_id, key_result_id)`),
    state: text('state', { enum: alertStates })
      .notNull()
      .generatedAlwaysAs(sql`case when resolved_at is null then 'open' else 'resolved' end`),
    because: text('because').notNull(),
    evidence: jsonb('evidence').$type<Record<string, unknown>>().notNull(),
    raisedAt: instant('raised_at').notNull(),
    resolvedAt: instant('resolved_at'),
  },
  (t) => [
    reference(t.tenantId, t.ruleId, () => alertRules, 'alerts_rule'),
    reference(t.tenantId, t.kpiId, () => kpis, 'alerts_kpi'),
    reference(t.tenantId, t.objectiveId, () => objectives, 'alerts_objective'),
    reference(t.tenantId, t.keyResultId, () => keyResults, 'alerts_key_result'),
    check('alerts_one_subject', sql`num_nonnulls(${t.kpiId}, ${t.objectiveId}, ${t.keyResultId}) = 1`),
    check('alerts_state', oneOf(t.state, alertStates)),
    uniqueIndex('alerts_one_episode').on(t.tenantId, t.ruleId, t.subjectId).where(sql`${t.resolvedAt} is null`),
    index('alerts_subject_id').on(t.tenantId, t.subjectId),
  ],
)
