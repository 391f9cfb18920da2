import { sql } from 'drizzle-orm'
import { boolean, check, doublePrecision, index, text, uuid } from 'drizzle-orm/pg-core'
import { oneOf, reference, resourceTable } from '../../db/columns.ts'
import { keyResults } from '../key-results/key-result.table.ts'
import { kpis } from '../kpis/kpi.table.ts'
import { objectives } from '../objectives/objective.table.ts'

export const alertKinds = [
  'kpi_threshold',
  'kpi_stale',
  'kpi_anomaly',
  'objective_off_track',
  'key_result_stale',
] as const

/** What somebody wants to be told of: about one KPI, objective or key result, or, where none is named, about all of them. */
export const alertRules = resourceTable(
  'alert_rules',
  {
    name: text('name').notNull(),
    kind: text('kind', { enum: alertKinds }).notNull(),
    kpiId: uuid('kpi_id'),
    objectiveId: uuid('objective_id'),
    keyResultId: uuid('key_result_id'),
    /** `kpi_threshold`: beyond one of them; where both are null, at the red line. */
    above: doublePrecision('above'),
    below: doublePrecision('below'),
    enabled: boolean('enabled').notNull(),
  },
  (t) => [
    reference(t.tenantId, t.kpiId, () => kpis, 'alert_rules_kpi'),
    reference(t.tenantId, t.objectiveId, () => objectives, 'alert_rules_objective'),
    reference(t.tenantId, t.keyResultId, () => keyResults, 'alert_rules_key_result'),
    check('alert_rules_kind', oneOf(t.kind, alertKinds)),
    check('alert_rules_one_subject', sql`num_nonnulls(${t.kpiId}, ${t.objectiveId}, ${t.keyResultId}) <= 1`),
    index('alert_rules_kpi_id').on(t.tenantId, t.kpiId),
    index('alert_rules_objective_id').on(t.tenantId, t.objectiveId),
    index('alert_rules_key_result_id').on(t.tenantId, t.keyResultId),
  ],
)
