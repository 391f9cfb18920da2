import { sql } from 'drizzle-orm'
import { bigint, check, index, integer, jsonb, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { instant, oneOf, reference, resourceTable } from '../../db/columns.ts'
import { webhookEndpoints } from '../webhook-endpoints/webhook-endpoint.table.ts'

export const deliveryStatuses = ['pending', 'delivered', 'failed'] as const

/** One try. `status` is the HTTP status of the answer, null where none came; `error` then tells why. */
export type Attempt = {
  number: number
  at: string
  status: number | null
  durationMs: number
  excerpt: string | null
  error: string | null
}

export const webhookDeliveries = resourceTable(
  'webhook_deliveries',
  {
    endpointId: uuid('endpoint_id').notNull(),
    eventId: uuid('event_id').notNull(),
    eventType: text('event_type').notNull(),
    /** Null for a test event, which is no part of the feed. */
    eventSeq: bigint('event_seq', { mode: 'number' }),
    /** The body, as JSON text: the same bytes at every try, also when the event is no longer kept. */
    body: text('body').notNull(),
    status: text('status', { enum: deliveryStatuses }).notNull(),
    attempts: jsonb('attempts').$type<Attempt[]>().notNull().default([]),
    /** Counts what was ever begun; the fence: only the latest may tell how it ended. */
    attempt: integer('attempt').notNull().default(0),
    /** The attempt after which the present round of the retry schedule began. */
    roundFrom: integer('round_from').notNull().default(0),
    nextAttemptAt: instant('next_attempt_at'),
    /** Set while a node is trying, by the clock of the database; past it anybody may try. */
    leasedUntil: instant('leased_until'),
  },
  (t) => [
    reference(t.tenantId, t.endpointId, () => webhookEndpoints, 'webhook_deliveries_endpoint'),
    check('webhook_deliveries_status', oneOf(t.status, deliveryStatuses)),
    uniqueIndex('webhook_deliveries_event').on(t.tenantId, t.endpointId, t.eventId),
    index('webhook_deliveries_due')
      .on(t.tenantId, t.endpointId, t.nextAttemptAt, t.eventSeq)
      .where(sql`${t.status} = 'pending'`),
    index('webhook_deliveries_leased').on(t.tenantId, t.endpointId).where(sql`${t.leasedUntil} is not null`),
    index('webhook_deliveries_created_at').on(t.tenantId, t.createdAt),
  ],
)
