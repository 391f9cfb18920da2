import { and, type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import { base, id, name, quantity } from '../../api/fields.ts'
import { inputsOf, required } from '../../api/inputs.ts'
import { type Resource, resource, type Sight } from '../../api/resource.ts'
import { visibleThroughKeyResult, visibleThroughObjective } from '../goals/goal.visibility.ts'
import { keyResult } from '../key-results/key-result.resource.ts'
import { kpi } from '../kpis/kpi.resource.ts'
import { visibleThroughKpi } from '../kpis/kpi.visibility.ts'
import { objective } from '../objectives/objective.resource.ts'
import { alertKinds, alertRules } from './alert-rule.table.ts'

export const alertKind = z.enum(alertKinds).meta({ id: 'AlertKind', description: 'What is told of.' })

const alertRuleSchema = z
  .strictObject({
    ...base,
    name,
    kind: alertKind,
    kpiId: id.nullable().meta({ description: 'Only this KPI; all when no subject is named.' }),
    objectiveId: id.nullable(),
    keyResultId: id.nullable(),
    above: quantity.nullable().meta({
      description: 'Of `kpi_threshold`: told when the value judged is beyond it. With neither, when the KPI is red.',
    }),
    below: quantity.nullable(),
    enabled: z.boolean(),
  })
  .meta({ id: 'AlertRule', description: 'What somebody wants to be told of, once for each episode.' })

export const alertRuleInputs = inputsOf(
  alertRuleSchema,
  {
    externalId: null,
    name: required,
    kind: required,
    kpiId: null,
    objectiveId: null,
    keyResultId: null,
    above: null,
    below: null,
    enabled: true,
  },
  { fixed: ['kind', 'kpiId', 'objectiveId', 'keyResultId'] },
)

/** Visible to those who see what the row names; what names nothing is everybody's. */
export const visibleThroughNamed = (sight: Sight, table: 'alert_rules' | 'alerts'): SQL | undefined => {
  const through = {
    kpi_id: visibleThroughKpi,
    objective_id: visibleThroughObjective,
    key_result_id: visibleThroughKeyResult,
  }
  return and(
    ...Object.entries(through).map(([column, visible]) => {
      const condition = visible(sight, `${table}.${column}`)
      return condition && sql`(${sql.raw(`${table}.${column}`)} is null or ${condition})`
    }),
  )
}

export const alertRule: Resource<typeof alertRules> = resource({
  name: 'AlertRule',
  path: 'alert-rules',
  type: 'alert_rule',
  schema: alertRuleSchema,
  table: alertRules,
  scopes: { read: 'kpi:read', write: 'kpi:write' },
  visible: (sight) => visibleThroughNamed(sight, 'alert_rules'),
  filters: ['externalId', 'kind', 'kpiId', 'objectiveId', 'keyResultId', 'enabled'],
  sorts: ['name'],
  search: ['name'],
  belongsTo: {
    kpi: { key: 'kpiId', to: () => kpi, inverse: 'alertRules' },
    objective: { key: 'objectiveId', to: () => objective, inverse: 'alertRules' },
    keyResult: { key: 'keyResultId', to: () => keyResult, inverse: 'alertRules' },
  },
})
