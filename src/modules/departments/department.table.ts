import { index, text, uuid } from 'drizzle-orm/pg-core'
import { reference, resourceTable, type TenantKey } from '../../db/columns.ts'
import { users } from '../users/user.table.ts'

export const departments = resourceTable(
  'departments',
  {
    name: text('name').notNull(),
    code: text('code'),
    parentId: uuid('parent_id'),
    leadId: uuid('lead_id'),
  },
  (t) => [
    reference(t.tenantId, t.parentId, () => t, 'departments_parent'),
    reference(t.tenantId, t.leadId, (): TenantKey => users, 'departments_lead'),
    index('departments_parent_id').on(t.tenantId, t.parentId),
    index('departments_lead_id').on(t.tenantId, t.leadId),
  ],
)
