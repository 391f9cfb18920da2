import { date, pgTable, primaryKey, uuid } from 'drizzle-orm/pg-core'

/** Up to which day an organization's goals have been rescored for time itself. */
export const midnights = pgTable(
  'midnights',
  { tenantId: uuid('tenant_id').notNull(), through: date('through').notNull() },
  (t) => [primaryKey({ columns: [t.tenantId] })],
)
