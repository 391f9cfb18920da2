import { v7 } from 'uuid'
import { query } from '../db/statement.ts'
import type { Context, Event } from './operation.ts'

/** Writes the events of one request, in order, with one statement. */
export const writeEvents = ({ actor, db, now }: Context, events: readonly Event[]): Promise<unknown> =>
  query(
    db,
    'events_append',
    `insert into events (tenant_id, id, type, occurred_at, actor_id, subject_type, subject_id, changes, cause_type, cause_id)
     select $1, e.id, e.type, $2, $3, e.subject_type, e.subject_id, e.changes, e.cause_type, e.cause_id
     from unnest($4::uuid[], $5::text[], $6::text[], $7::uuid[], $8::jsonb[], $9::text[], $10::uuid[])
       as e (id, type, subject_type, subject_id, changes, cause_type, cause_id)`,
    [
      actor.tenantId,
      now,
      actor.id,
      events.map(() => v7()),
      events.map((event) => event.type),
      events.map((event) => event.subject.type),
      events.map((event) => event.subject.id),
      events.map((event) => JSON.stringify(event.changes ?? {})),
      events.map((event) => event.cause?.type ?? null),
      events.map((event) => event.cause?.id ?? null),
    ],
  )

type Entry = { operation: string; subjectIds: readonly string[]; inputDigest: string; requestId: string }

/** Writes who did what: ids and a digest only, so that erasing a person never touches the audit log. */
export const writeAudit = ({ actor, db, now }: Context, entries: readonly Entry[]): Promise<unknown> =>
  query(
    db,
    'audit_append',
    `insert into audit_log (tenant_id, id, at, actor_kind, actor_id, operation, subject_ids, input_digest, request_id)
     select $1, e.id, $2, $3, $4, e.operation, e."subjectIds", e."inputDigest", e."requestId"
     from jsonb_to_recordset($5) as e (id uuid, operation text, "subjectIds" uuid[], "inputDigest" text, "requestId" text)`,
    [actor.tenantId, now, actor.kind, actor.id, JSON.stringify(entries.map((entry) => ({ ...entry, id: v7() })))],
  )
