import { z } from 'zod'
import { base, id, name, timeZone } from '../../api/fields.ts'
import { inputsOf, required } from '../../api/inputs.ts'
import { type Resource, resource } from '../../api/resource.ts'
import { roles } from '../../auth/actor.ts'
import { department } from '../departments/department.resource.ts'
import { users } from './user.table.ts'

export const role = z
  .enum(roles)
  .meta({ id: 'Role', description: 'What a person or key may do; see the access rules.' })

/** `integration` is for keys: it acts by scopes alone, which a person never does. */
const personRole = z
  .enum(roles)
  .exclude(['integration'])
  .meta({ id: 'PersonRole', description: 'What a person may do.' })

export const userSchema = z
  .strictObject({
    ...base,
    userName: z.string().trim().min(1).max(200).meta({ description: 'Unique in the organization, whatever the case.' }),
    email: z.email().max(254).nullable(),
    displayName: name,
    title: z.string().max(200).nullable(),
    employeeNumber: z.string().max(100).nullable(),
    managerId: id.nullable(),
    departmentId: id.nullable(),
    active: z.boolean(),
    roles: z.array(personRole).max(roles.length),
    timeZone: timeZone.nullable(),
  })
  .meta({ id: 'User', description: 'A person of the organization.' })

/** What callers may write, and what it is when left out of a create. */
export const userInputs = inputsOf(userSchema, {
  externalId: null,
  userName: required,
  email: null,
  displayName: required,
  title: null,
  employeeNumber: null,
  managerId: null,
  departmentId: null,
  active: true,
  roles: ['member'],
  timeZone: null,
})

export const user: Resource<typeof users> = resource({
  name: 'User',
  path: 'users',
  type: 'user',
  schema: userSchema,
  events: { erased: { summary: 'What told who one User was has been erased' } },
  table: users,
  scopes: { read: 'directory:read', write: 'directory:write' },
  visible: () => undefined,
  filters: ['externalId', 'userName', 'email', 'employeeNumber', 'managerId', 'departmentId', 'active'],
  sorts: ['userName', 'displayName'],
  search: ['userName', 'displayName', 'email'],
  belongsTo: {
    manager: { key: 'managerId', to: () => user, inverse: 'reports' },
    department: { key: 'departmentId', to: () => department, inverse: 'members' },
  },
})
