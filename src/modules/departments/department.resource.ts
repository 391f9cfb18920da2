import { z } from 'zod'
import { base, id, name } from '../../api/fields.ts'
import { inputsOf, required } from '../../api/inputs.ts'
import { type Resource, resource } from '../../api/resource.ts'
import { user } from '../users/user.resource.ts'
import { departments } from './department.table.ts'

export const departmentSchema = z
  .strictObject({ ...base, name, code: z.string().max(100).nullable(), parentId: id.nullable(), leadId: id.nullable() })
  .meta({ id: 'Department', description: 'A unit in the tree of the organization; a person is in one.' })

/** What callers may write, and what it is when left out of a create. */
export const departmentInputs = inputsOf(departmentSchema, {
  externalId: null,
  name: required,
  code: null,
  parentId: null,
  leadId: null,
})

export const department: Resource<typeof departments> = resource({
  name: 'Department',
  path: 'departments',
  type: 'department',
  schema: departmentSchema,
  table: departments,
  scopes: { read: 'directory:read', write: 'directory:write' },
  visible: () => undefined,
  filters: ['externalId', 'code', 'parentId', 'leadId'],
  sorts: ['name', 'code'],
  search: ['name', 'code'],
  belongsTo: {
    parent: { key: 'parentId', to: () => department, inverse: 'children' },
    lead: { key: 'leadId', to: () => user, inverse: 'leadsDepartments' },
  },
})
