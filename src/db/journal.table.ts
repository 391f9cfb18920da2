import { bigint, index, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from './columns.ts'

/** What changed, written in the transaction that changed it. `seq` is stamped after commit, in commit order. */
export const events = pgTable(
  'events',
  {
    tenantId: uuid('tenant_id').notNull(),
    id: uuid('id').notNull(),
    seq: bigint('seq', { mode: 'number' }),
    type: text('type').notNull(),
    occurredAt: instant('occurred_at').notNull(),
    actorId: uuid('actor_id').notNull(),
    subjectType: text('subject_type').notNull(),
    subjectId: uuid('subject_id').notNull(),
    changes: jsonb('changes').$type<Record<string, [unknown, unknown]>>().notNull(),
    causeType: text('cause_type'),
    causeId: uuid('cause_id'),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.id] })],
)

/** Who did what, one row per write. Holds ids and a digest of the input, never personal data. */
export const auditLog = pgTable(
  'audit_log',
  {
    tenantId: uuid('tenant_id').notNull(),
    id: uuid('id').notNull(),
    at: instant('at').notNull(),
    actorKind: text('actor_kind').notNull(),
    actorId: uuid('actor_id').notNull(),
    operation: text('operation').notNull(),
    subjectIds: uuid('subject_ids').array().notNull(),
    inputDigest: text('input_digest').notNull(),
    requestId: text('request_id').notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.id] })],
)

/** Answers kept for retries, written in the transaction of their effect. */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    tenantId: uuid('tenant_id').notNull(),
    actorId: uuid('actor_id').notNull(),
    key: text('key').notNull(),
    requestDigest: text('request_digest').notNull(),
    status: integer('status'),
    /** JSON text as it was sent, so that a retry gets the same bytes. */
    answer: text('answer'),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.actorId, t.key] }),
    index('idempotency_keys_created_at').on(t.tenantId, t.createdAt),
  ],
)
