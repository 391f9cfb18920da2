import { type SQL, sql } from 'drizzle-orm'
import type { Sight } from '../../api/operation.ts'
import { objectiveVisible } from '../goals/goal.visibility.ts'

/** Visible through the KPI that `column` names: what belongs to a KPI is seen by those who see the KPI. */
export const visibleThroughKpi = (sight: Sight, column: string): SQL | undefined => {
  const visible = objectiveVisible(sight, 'i')
  return (
    visible &&
    sql`exists (select from kpis i where i.tenant_id = ${sql.placeholder('tenantId')}::uuid and i.id = ${sql.raw(column)} and ${visible})`
  )
}
