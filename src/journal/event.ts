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
