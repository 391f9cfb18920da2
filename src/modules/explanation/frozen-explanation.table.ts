import { pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'

/**
 * One level of an explanation as it stood when a goal above or at it was closed, found by its own SHA-256. It holds the
 * hashes of its children, so the hash of a closed goal stands for everything below it.
 */
export const frozenExplanations = pgTable(
  'frozen_explanations',
  {
    tenantId: uuid('tenant_id').notNull(),
    /** Hexadecimal. */
    sha256: text('sha256').notNull(),
    /** Canonical JSON (RFC 8785): the very bytes that were hashed. */
    body: text('body').notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.sha256] })],
)
