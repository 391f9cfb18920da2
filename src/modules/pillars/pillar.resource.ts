import { z } from 'zod'
import { base, day, id, name, text } from '../../api/fields.ts'
import { inputsOf, required } from '../../api/inputs.ts'
import { type Resource, resource } from '../../api/resource.ts'
import { pillars } from './pillar.table.ts'

export const pillarSchema = z
  .strictObject({
    ...base,
    title: name,
    narrative: text.nullable(),
    startsOn: day.nullable(),
    endsOn: day.nullable(),
    parentId: id.nullable(),
  })
  .meta({ id: 'Pillar', description: 'The strategy above OKRs: a vision or a strategic pillar.' })

/** What callers may write, and what it is when left out of a create. */
export const pillarInputs = inputsOf(pillarSchema, {
  externalId: null,
  title: required,
  narrative: null,
  startsOn: null,
  endsOn: null,
  parentId: null,
})

export const pillar: Resource<typeof pillars> = resource({
  name: 'Pillar',
  path: 'pillars',
  type: 'pillar',
  schema: pillarSchema,
  table: pillars,
  scopes: { read: 'okr:read', write: 'okr:write' },
  visible: () => undefined,
  filters: ['externalId', 'parentId'],
  sorts: ['title', 'startsOn'],
  search: ['title', 'narrative'],
  belongsTo: { parent: { key: 'parentId', to: () => pillar, inverse: 'children' } },
})
