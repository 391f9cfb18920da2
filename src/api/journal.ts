import { createHash, randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Actor } from '../auth/actor.ts'
import { jsonbArray, uuidArray } from '../db/binary-arrays.ts'
import { query } from '../db/statement.ts'
import { newId } from './new-id.ts'
import type { Context, Event } from './operation.ts'

/** Who writes, when, and through which transaction: what the journal needs of a request. */
export type Writer = Pick<Context, 'db' | 'now'> & {
  actor: Pick<Actor, 'tenantId' | 'id'> & { kind: Actor['kind'] | 'command_line' }
}

/** Who did what. `inputDigest` is a SHA-256 of what was sent. */
export type AuditEntry = { operation: string; subjectIds: readonly string[]; inputDigest: string; requestId: string }

/**
 * Hears of what was written. `wake` is called after the commit of a write; `watch` is for readers who wait for events to
 * be sequenced, on whichever node.
 */
export type Journal = {
  wake: (tenantId: string) => void
  watch: (tenantId: string) => Watch
}

export type Watch = {
  /** Resolves when the feed has grown since the last call, after `milliseconds`, or when `signal` aborts. */
  next: (milliseconds: number, signal?: AbortSignal) => Promise<void>
  close: () => void
}

/** For a process that stamps nothing itself: who waits looks again when the time is up. */
export const unheard: Journal = {
  wake: () => {},
  watch: () => ({
    next: (milliseconds, signal) => sleep(milliseconds, undefined, signal ? { signal } : {}).catch(() => {}),
    close: () => {},
  }),
}

// One statement, because each costs a round trip of the writer's transaction. The last part tells the sequencers of all
// nodes that the organization has something to stamp.
const text = `
  with said as (
    insert into events (tenant_id, id, type, occurred_at, actor_id, subject_type, subject_id, changes, cause_type, cause_id)
    select $1, e.id, e.type, $2, $3, e.subject_type, e.subject_id, e.changes, e.cause_type, e.cause_id
    from unnest($5::uuid[], $6::text[], $7::text[], $8::uuid[], $9::jsonb[], $10::text[], $11::uuid[])
      as e (id, type, subject_type, subject_id, changes, cause_type, cause_id)
  ), noted as (
    insert into audit_log (tenant_id, id, at, actor_kind, actor_id, operation, subject_ids, salt, input_digest, request_id)
    select $1, a.id, $2, $4, $3, a.operation, a."subjectIds", a.salt, a.digest, a."requestId"
    from jsonb_to_recordset($12) as a
      (id uuid, operation text, "subjectIds" uuid[], salt text, digest text, "requestId" text)
  )
  insert into unsequenced (id) values ($1)`

/** Writes events and audit entries of one transaction, in order, with one statement. */
export const writeJournal = (
  { actor, db, now }: Writer,
  events: readonly Event[],
  entries: readonly AuditEntry[],
): Promise<unknown> =>
  query(db, 'journal_append', text, [
    actor.tenantId,
    now,
    actor.id,
    actor.kind,
    uuidArray(events.map(() => newId())),
    events.map((event) => event.type),
    events.map((event) => event.subject.type),
    uuidArray(events.map((event) => event.subject.id)),
    jsonbArray(events.map((event) => JSON.stringify(event.changes ?? {}))),
    events.map((event) => event.cause?.type ?? null),
    uuidArray(events.map((event) => event.cause?.id ?? null)),
    JSON.stringify(entries.map(noteOf)),
  ])

/** Events written by one statement at most: a statement has a limit of time. */
const eventsAtOnce = 10_000

/**
 * The journal of a transaction that is about to end. What one statement can take is not waited for: it travels with the
 * commit.
 */
export const sendJournal = async (
  writer: Writer & Pick<Context, 'later'>,
  events: readonly Event[],
  entries: readonly AuditEntry[],
): Promise<void> => {
  let from = 0
  for (; events.length - from > eventsAtOnce; from += eventsAtOnce)
    await writeJournal(writer, events.slice(from, from + eventsAtOnce), [])
  writer.later(writeJournal(writer, from === 0 ? events : events.slice(from), entries))
}

/** The events of one transaction that nobody asked for, such as a job's. */
export const writeEvents = (writer: Writer, events: readonly Event[]): Promise<unknown> =>
  writeJournal(writer, events, [])

/**
 * A digest alone would tell a guessed name from a wrong one. Its salt is no part of the chain, so that taking it away
 * leaves the chain valid and a digest of which nobody can learn anything.
 */
const noteOf = ({ inputDigest, ...entry }: AuditEntry) => {
  const salt = randomBytes(16).toString('hex')
  return { ...entry, id: newId(), salt, digest: createHash('sha256').update(`${salt} ${inputDigest}`).digest('hex') }
}

/** A SHA-256 of what a caller sent, hex. */
export const digestOf = (...input: unknown[]): string =>
  createHash('sha256').update(JSON.stringify(input)).digest('hex')
