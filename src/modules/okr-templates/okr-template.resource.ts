import { z } from 'zod'
import { base, name, quantity, text, weight } from '../../api/fields.ts'
import { resource } from '../../api/resource.ts'
import { commitment } from '../goals/goal.fields.ts'
import { keyResultSchema } from '../key-results/key-result.resource.ts'
import { cadence } from '../organization/organization.resource.ts'
import { okrTemplates } from './okr-template.table.ts'

const { kind, source, role, unit, exclusive, mode, period, zones } = keyResultSchema.shape

export const templateObjective = z
  .strictObject({ title: name, description: text.nullable(), rationale: text.nullable(), commitment })
  .meta({ id: 'TemplateObjective' })

const templateStep = z.strictObject({ title: name, weight }).meta({ id: 'TemplateStep' })

export const templateKeyResult = z
  .strictObject({
    title: name,
    kind,
    source,
    role,
    weight,
    unit,
    cadence: cadence.nullable(),
    baseline: quantity.nullable(),
    target: quantity.nullable(),
    min: quantity.nullable(),
    max: quantity.nullable(),
    exclusive,
    mode,
    period,
    steps: z.array(templateStep).max(200).nullable(),
    zones,
  })
  .meta({ id: 'TemplateKeyResult' })

export const okrTemplateSchema = z
  .strictObject({
    ...base,
    name,
    area: z.string().trim().min(1).max(100).meta({ description: 'The department or field it is for.' }),
    builtIn: z.boolean().meta({ description: 'Comes with the service, the same for everybody; cannot be changed.' }),
    objective: templateObjective,
    keyResults: z.array(templateKeyResult).min(1).max(20),
  })
  .meta({ id: 'OkrTemplate', description: 'An objective with its key results, ready to be given to owners.' })

export const okrTemplate = resource({
  name: 'OkrTemplate',
  path: 'okr-templates',
  type: 'okr_template',
  schema: okrTemplateSchema,
  table: okrTemplates,
  scopes: { read: 'okr:read', write: 'okr:write' },
  visible: () => undefined,
  derived: { builtIn: { needs: [], of: () => false } },
  filters: ['externalId', 'area'],
  search: ['name'],
})
