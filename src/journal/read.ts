import { query } from '../db/statement.ts'
import type { Database } from '../db/transaction.ts'

/** One event of the feed. `seq` counts from 1 without a gap in each organization. */
export type FeedEvent = {
  seq: number
  id: string
  type: string
  occurredAt: string
  actorId: string
  subject: { type: string; id: string }
  changes: Record<string, [unknown, unknown]>
  cause: { type: string; id: string } | null
}

/** The members of an event in SQL, over the alias `e`; all but its cause, which not every reader may know. */
export const eventMembers = `e.seq, e.id, e.type, e.occurred_at as "occurredAt", e.actor_id as "actorId",
  json_build_object('type', e.subject_type, 'id', e.subject_id) as subject, e.changes`

/** Sequenced events of an organization behind `afterSeq`, in order: all of them, whoever reads. */
export const readEvents = (db: Database, tenantId: string, afterSeq: number, limit: number): Promise<FeedEvent[]> =>
  query<FeedEvent>(
    db,
    'events_read',
    `select ${eventMembers},
       case when e.cause_id is not null then json_build_object('type', e.cause_type, 'id', e.cause_id) end as cause
     from events e where e.tenant_id = $1 and e.seq > $2 order by e.seq limit $3`,
    [tenantId, afterSeq, limit],
  )
