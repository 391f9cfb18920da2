import { z } from 'zod'
import { base, day, id, quantity } from '../../api/fields.ts'
import { inputsOf, optional, required } from '../../api/inputs.ts'
import { resource } from '../../api/resource.ts'
import { kpi } from '../kpis/kpi.resource.ts'
import { visibleThroughKpi } from '../kpis/kpi.visibility.ts'
import { kpiTargets } from './kpi-target.table.ts'

export const kpiTargetSchema = z
  .strictObject({
    ...base,
    kpiId: id,
    effectiveFrom: day.meta({ description: 'In force for periods that end on this day or later, until the next one.' }),
    target: quantity.nullable().meta({ description: 'Of a range its lower side.' }),
    redLine: quantity.nullable().meta({ description: 'On the bad side of the target.' }),
    upperTarget: quantity.nullable(),
    upperRedLine: quantity.nullable(),
  })
  .meta({ id: 'KpiTarget', description: 'What a KPI is judged against, from a day on; the past keeps its targets.' })

export const kpiTargetInputs = inputsOf(
  kpiTargetSchema,
  {
    externalId: null,
    kpiId: required,
    effectiveFrom: optional,
    target: null,
    redLine: null,
    upperTarget: null,
    upperRedLine: null,
  },
  { fixed: ['kpiId'] },
)

export const kpiTarget = resource({
  name: 'KpiTarget',
  path: 'kpi-targets',
  type: 'kpi_target',
  schema: kpiTargetSchema,
  table: kpiTargets,
  scopes: { read: 'kpi:read', write: 'kpi:write' },
  visible: (sight) => visibleThroughKpi(sight, 'kpi_targets.kpi_id'),
  filters: ['externalId', 'kpiId'],
  sorts: ['effectiveFrom'],
  belongsTo: { kpi: { key: 'kpiId', to: () => kpi, inverse: 'targets' } },
})
