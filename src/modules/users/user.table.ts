import { sql } from 'drizzle-orm'
import { boolean, index, jsonb, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import type { Role } from '../../auth/actor.ts'
import { reference, resourceTable } from '../../db/columns.ts'
import { departments } from '../departments/department.table.ts'

export const users = resourceTable(
  'users',
  {
    userName: text('user_name').notNull(),
    /** Folded by the application: `lower()` in a policy-guarded query could not use an index. */
    userNameFolded: text('user_name_folded').notNull(),
    email: text('email'),
    displayName: text('display_name').notNull(),
    title: text('title'),
    employeeNumber: text('employee_number'),
    managerId: uuid('manager_id'),
    departmentId: uuid('department_id'),
    active: boolean('active').notNull(),
    roles: text('roles').array().$type<Role[]>().notNull(),
    timeZone: text('time_zone'),
    /** What an identity provider says of the person and no column holds; shown to it alone (src/scim). */
    scim: jsonb('scim').$type<Record<string, unknown>>(),
  },
  (t) => [
    reference(t.tenantId, t.managerId, () => t, 'users_manager'),
    reference(t.tenantId, t.departmentId, () => departments, 'users_department'),
    uniqueIndex('users_user_name').on(t.tenantId, t.userNameFolded).where(sql`${t.deletedAt} is null`),
    index('users_manager_id').on(t.tenantId, t.managerId),
    index('users_department_id').on(t.tenantId, t.departmentId),
  ],
)
