import { createHash } from 'node:crypto'
import { z } from 'zod'
import { applyEntries } from '../../api/apply.ts'
import { id } from '../../api/fields.ts'
import { operation } from '../../api/operation.ts'
import { Problem } from '../../api/problem.ts'
import { reads } from '../../api/reads.ts'
import { present } from '../../api/select.ts'
import { narrowed, type Writes, writes } from '../../api/writes.ts'
import { anyone, hasRole } from '../../auth/rules.ts'
import { kpi, kpiInputs, kpiSchema } from '../kpis/kpi.resource.ts'
import { kpiWrites } from '../kpis/kpi.writes.ts'
import { builtInBase, libraryOf } from '../library/library.ts'
import { kpiCatalogue } from './kpi-template.catalogue.ts'
import { kpiTemplate, kpiTemplateInputs, type kpiTemplateSchema } from './kpi-template.resource.ts'
import type { kpiTemplates } from './kpi-template.table.ts'

type KpiTemplate = z.output<typeof kpiTemplateSchema>

/** The same everywhere, whatever the order of the catalogue, and before every UUID v7. */
const idOf = (area: string, name: string): string => {
  const digest = createHash('sha256').update(`${area} ${name}`).digest('hex')
  return `00000000-0000-8001-8${digest.slice(0, 3)}-${digest.slice(3, 15)}`
}

const builtIn: readonly KpiTemplate[] = kpiCatalogue.map(({ area, name, tells, computedFrom, ...said }) => ({
  id: idOf(area, name),
  ...builtInBase,
  area,
  name,
  tells,
  computedFrom,
  kpi: { level: 'operational', ...said },
}))

const library = libraryOf(kpiTemplate, builtIn)

/** Templates are everybody's library, in nobody's line. */
const keepsTemplates = hasRole('admin', 'integration')

const { ownerType, ownerId, departmentId, teamId, parentId, visibility, tags, frequency } = kpiSchema.shape
const owned = { ownerType, ownerId, departmentId, teamId, parentId, visibility, tags, frequency }

const applyInput = z
  .strictObject({
    code: kpiSchema.shape.code.optional().meta({ description: 'The name of the template unless said.' }),
    name: kpiSchema.shape.name.optional(),
    ...z.strictObject(owned).partial().shape,
  })
  .meta({ id: 'ApplyKpiTemplateInput' })

const applied = z.strictObject({ kpi: kpiSchema }).meta({ id: 'AppliedKpiTemplate', description: 'The KPI made.' })

/** `POST /kpi-templates/:id/apply`: a KPI as the template says. */
const applyTemplate = operation({
  name: 'applyKpiTemplate',
  summary: 'Make a KPI of a template',
  rest: 'POST /kpi-templates/:id/apply',
  scope: 'kpi:write',
  input: z.strictObject({ id, input: applyInput }),
  output: applied,
  tag: 'KpiTemplate',
  find: (ctx, { id: wanted }) => library.find(ctx, wanted),
  // The KPI asks by itself whether the caller may make it for that owner.
  allow: anyone,
  run: async (ctx, { input }, template) => {
    const { name, tells, computedFrom, kpi: said } = template
    const description = computedFrom === null ? tells : `${tells}\n\nComputed from: ${computedFrom}`
    const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined))
    const create = narrowed(kpiInputs.create, { code: name.slice(0, 100), name, description, ...said, ...given })
    const [made] = await applyEntries(ctx, kpiWrites as unknown as Writes, [{ create }])
    return { kpi: present(kpi, made?.after ?? {}, ctx) } as never
  },
})

export const kpiTemplateOperations = [
  ...library.withBuiltIn(reads(kpiTemplate)),
  ...writes<typeof kpiTemplates.$inferSelect>({
    resource: kpiTemplate,
    create: { input: kpiTemplateInputs.create, allow: keepsTemplates },
    update: { input: kpiTemplateInputs.update, allow: keepsTemplates },
    delete: { allow: keepsTemplates },
    // In a patch null removes a member, and here every member stays.
    toRow: ({ kpi: said }) => (said ? { kpi: { unit: null, ...said } } : {}),
    lock: async (_ctx, { ids }) => {
      if (ids.some(library.isBuiltIn))
        throw new Problem('forbidden', 'A built-in template cannot be changed; make one of your own')
    },
  }),
  applyTemplate,
]
