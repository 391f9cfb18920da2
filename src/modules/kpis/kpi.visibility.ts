import { type SQL, sql } from 'drizzle-orm'
import type { Sight } from '../../api/resource.ts'
import { objectiveVisible } from '../goals/goal.visibility.ts'

/** Visible through the KPI that `column` names: what belongs to a KPI is seen by those who see the KPI, while it is there. */
export const visibleThroughKpi = (sight: Sight, column: string): SQL => {
  const visible = objectiveVisible(sight, 'i')
  return sql`exists (select from kpis i where i.tenant_id = ${sql.placeholder('tenantId')}::uuid
    and i.id = ${sql.raw(column)} and i.deleted_at is null ${visible && sql`and ${visible}`})`
}
