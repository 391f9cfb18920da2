import { newId } from '../api/new-id.ts'
import type { Context } from '../api/operation.ts'
import type { Actor } from '../auth/actor.ts'
import { query } from '../db/statement.ts'
import type { Database } from '../db/transaction.ts'
import type { FeedEvent } from '../journal/event.ts'
import type { feedReader } from '../modules/events/event.queries.ts'
import { bodyOf } from '../modules/webhook-deliveries/webhook-delivery.body.ts'

/** Reads events behind a place, in order, as far as somebody may see them. */
export type ReadFeed = ReturnType<typeof feedReader>

type Subscriber = {
  id: string
  eventTypes: string[]
  createdAt: string
  reader: Omit<Actor, 'tenantId' | 'userId'>
}

/** Events one transaction makes deliveries of. */
const batch = 500

const subscribersText = `
  select e.id, e.event_types as "eventTypes", e.created_at as "createdAt",
    json_build_object('kind', e.creator_kind, 'id', e.created_by, 'roles', e.creator_roles, 'scopes', e.creator_scopes) as reader
  from webhook_endpoints e where e.tenant_id = $1 and e.state = 'enabled' and e.deleted_at is null order by e.id`

const insertText = `
  insert into webhook_deliveries (tenant_id, id, created_at, updated_at, endpoint_id, event_id, event_type, event_seq, body, status, next_attempt_at)
  select $1, v.id, t.now, t.now, v."endpointId", v."eventId", v."eventType", v."eventSeq", v.body, 'pending', t.now
  from jsonb_to_recordset($2) as v (id uuid, "endpointId" uuid, "eventId" uuid, "eventType" text, "eventSeq" bigint, body text)
  -- Cut, not rounded: what is due now must not be due half a millisecond later.
  cross join (select date_trunc('milliseconds', now()) as now) t
  on conflict (tenant_id, endpoint_id, event_id) do nothing`

/** `objective.*` is every event of one subject, `*` every event there is. */
const wants = (filters: readonly string[], type: string): boolean =>
  filters.some((filter) => filter === type || filter === '*' || filter === `${type.split('.')[0]}.*`)

type FanOut = { db: Database; tenantId: string; today: string; after: number }

/**
 * Makes the organization's new events into deliveries: one for each endpoint that asked for their type, was there when they
 * happened, and whose maker may see them. The caller holds the lock of the cursor, so that every event is taken once.
 * Answers whether there is more.
 */
export const fanOut = async (read: ReadFeed, { db, tenantId, today, after }: FanOut): Promise<boolean> => {
  const [[standing], subscribers] = await Promise.all([
    query<{ head: number }>(db, 'webhook_head', 'select event_seq as head from journal_heads where tenant_id = $1', [
      tenantId,
    ]),
    query<Subscriber>(db, 'webhook_subscribers', subscribersText, [tenantId]),
  ])
  const head = standing?.head ?? 0
  const through = Math.min(head, after + batch)
  if (through <= after) return false

  const feeds = new Map<string, Promise<readonly FeedEvent[]>>()
  const feedOf = ({ reader }: Subscriber) => {
    const key = JSON.stringify(reader)
    const actor = { ...reader, tenantId, userId: reader.kind === 'user' ? reader.id : null }
    // All that reading takes of a request.
    const ctx = { db, actor, today } as Context
    const feed = feeds.get(key) ?? read(ctx, { after, limit: batch, types: null, subjects: null })
    feeds.set(key, feed)
    return feed
  }
  const deliveries: object[] = []
  for (const subscriber of subscribers)
    for (const event of await feedOf(subscriber))
      if (event.seq <= through && event.occurredAt >= subscriber.createdAt && wants(subscriber.eventTypes, event.type))
        deliveries.push({
          id: newId(),
          endpointId: subscriber.id,
          eventId: event.id,
          eventType: event.type,
          eventSeq: event.seq,
          body: bodyOf(event),
        })
  const moving = query(db, 'webhook_cursor_move', 'update webhook_cursors set seq = $2 where tenant_id = $1', [
    tenantId,
    through,
  ])
  const inserting =
    deliveries.length > 0 && query(db, 'webhook_fan_out', insertText, [tenantId, JSON.stringify(deliveries)])
  await Promise.all([moving, inserting])
  return through < head
}
