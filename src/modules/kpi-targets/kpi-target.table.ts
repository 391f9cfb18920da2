import { sql } from 'drizzle-orm'
import { date, doublePrecision, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { reference, resourceTable } from '../../db/columns.ts'
import { kpis } from '../kpis/kpi.table.ts'

export const kpiTargets = resourceTable(
  'kpi_targets',
  {
    kpiId: uuid('kpi_id').notNull(),
    effectiveFrom: date('effective_from').notNull(),
    target: doublePrecision('target'),
    redLine: doublePrecision('red_line'),
    upperTarget: doublePrecision('upper_target'),
    upperRedLine: doublePrecision('upper_red_line'),
  },
  (t) => [
    reference(t.tenantId, t.kpiId, () => kpis, 'kpi_targets_kpi'),
    uniqueIndex('kpi_targets_day').on(t.tenantId, t.kpiId, t.effectiveFrom).where(sql`${t.deletedAt} is null`),
  ],
)
