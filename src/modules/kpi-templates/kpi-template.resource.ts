import { z } from 'zod'
import { base, name, text } from '../../api/fields.ts'
import { inputsOf, required } from '../../api/inputs.ts'
import { resource } from '../../api/resource.ts'
import { kpiInputs, kpiSchema } from '../kpis/kpi.resource.ts'
import { kpiTemplates } from './kpi-template.table.ts'

const { unitKind, unit, direction, nature, level, frequency, aggregation } = kpiSchema.shape

/** What a template says of the KPI made of it. */
const templateKpi = z
  .strictObject({ unitKind, unit, direction, nature, level, frequency, aggregation })
  .meta({ id: 'TemplateKpi' })

const given = kpiInputs.create.shape as Record<keyof typeof templateKpi.shape, z.ZodType>
const kpiInput = z
  .strictObject(Object.fromEntries(Object.keys(templateKpi.shape).map((key) => [key, given[key as 'unit']])))
  .meta({ id: 'TemplateKpiInput' })

export const kpiTemplateSchema = z
  .strictObject({
    ...base,
    name,
    area: z.string().trim().min(1).max(100).meta({ description: 'The department or field it is for.' }),
    builtIn: z.boolean().meta({ description: 'Comes with the service, the same for everybody; cannot be changed.' }),
    tells: text.meta({ description: 'What it tells, and what to mind when reading it.' }),
    computedFrom: text.nullable().meta({ description: 'In words.' }),
    kpi: templateKpi,
  })
  .meta({ id: 'KpiTemplate', description: 'A KPI of the practice literature, or of your own, ready to be made.' })

export const kpiTemplateInputs = inputsOf(
  kpiTemplateSchema,
  { externalId: null, name: required, area: required, tells: required, computedFrom: null, kpi: required },
  { create: { kpi: kpiInput }, update: { kpi: templateKpi.partial().strict().meta({ id: 'TemplateKpiPatch' }) } },
)

export const kpiTemplate = resource({
  name: 'KpiTemplate',
  path: 'kpi-templates',
  type: 'kpi_template',
  schema: kpiTemplateSchema,
  table: kpiTemplates,
  scopes: { read: 'kpi:read', write: 'kpi:write' },
  visible: () => undefined,
  derived: { builtIn: { needs: [], of: () => false } },
  filters: ['externalId', 'area'],
  search: ['name'],
})
