import { sql } from 'drizzle-orm'
import { bigint, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { instant } from './columns.ts'

/** In the order of writing on all nodes: what was written after something else had been committed comes later. */
const ordinal = () => bigint('ordinal', { mode: 'number' }).notNull().generatedAlwaysAsIdentity()

/** What changed, written in the transaction that changed it. `seq` is stamped after commit (src/journal/sequence.ts). */
export const events = pgTable(
  'events',
  {
    tenantId: uuid('tenant_id').notNull(),
    id: uuid('id').notNull(),
    ordinal: ordinal(),
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
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    uniqueIndex('events_seq').on(t.tenantId, t.seq).where(sql`${t.seq} is not null`),
    index('events_unsequenced').on(t.tenantId, t.ordinal).where(sql`${t.seq} is null`),
  ],
)

/**
 * Who did what, one row per write, in a chain: `hash` covers the row and the hash before it (src/journal/chain.ts). Only
 * `seq` and `hash` are ever set later, once, and `salt` taken away: a trigger and the grants see to it. What the caller
 * sent is kept as a salted digest, so that without its salt it says nothing about anybody.
 */
export const auditLog = pgTable(
  'audit_log',
  {
    tenantId: uuid('tenant_id').notNull(),
    id: uuid('id').notNull(),
    ordinal: ordinal(),
    seq: bigint('seq', { mode: 'number' }),
    hash: text('hash'),
    salt: text('salt'),
    at: instant('at').notNull(),
    actorKind: text('actor_kind').notNull(),
    actorId: uuid('actor_id').notNull(),
    operation: text('operation').notNull(),
    subjectIds: uuid('subject_ids').array().notNull(),
    inputDigest: text('input_digest').notNull(),
    requestId: text('request_id').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    uniqueIndex('audit_log_seq').on(t.tenantId, t.seq).where(sql`${t.seq} is not null`),
    index('audit_log_unsequenced').on(t.tenantId, t.ordinal).where(sql`${t.seq} is null`),
  ],
)

/** Where an organization's two sequences stand. Whoever stamps locks this row first. */
export const journalHeads = pgTable('journal_heads', {
  tenantId: uuid('tenant_id').primaryKey(),
  eventSeq: bigint('event_seq', { mode: 'number' }).notNull(),
  auditSeq: bigint('audit_seq', { mode: 'number' }).notNull(),
  auditHash: text('audit_hash').notNull(),
})

/**
 * Ids of organizations with something to stamp, one row per transaction that wrote; beside `tenants` the only table
 * without row-level security, so that no node has to visit every organization to find the few. Nothing is unique here:
 * writers of one organization would wait for each other.
 */
export const unsequenced = pgTable('unsequenced', { id: uuid('id').notNull() }, (t) => [
  index('unsequenced_id').on(t.id),
])

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
