import type { Pool } from 'pg'
import { query } from '../db/statement.ts'
import { type Database, openTransaction } from '../db/transaction.ts'
import { hashOf, type Link, linkColumns } from './chain.ts'

/** Rows of each kind that one transaction stamps at most. */
const batch = 1_000

type Head = { eventSeq: number; auditSeq: number; auditHash: string }

/** How many events were stamped, and whether there may be more. */
export type Sequenced = { events: number; more: boolean }

const headText = `
  select event_seq as "eventSeq", audit_seq as "auditSeq", audit_hash as "auditHash"
  from journal_heads where tenant_id = $1 for no key update`

const stampText = `
  with fresh as (
    select id, row_number() over (order by ordinal) as place from (
      select id, ordinal from events where tenant_id = $1 and seq is null order by ordinal limit $2) oldest
  ), stamped as (
    update events e set seq = h.event_seq + fresh.place
    from fresh, journal_heads h where e.tenant_id = $1 and e.id = fresh.id and h.tenant_id = $1
  )
  update journal_heads set event_seq = event_seq + (select count(*) from fresh)
  where tenant_id = $1 and exists (select from fresh) returning (select count(*)::int from fresh) as events`

const auditText = `
  select ${linkColumns} from audit_log where tenant_id = $1 and seq is null order by ordinal limit $2`

const chainText = `
  with chained as (
    update audit_log a set seq = v.seq, hash = v.hash
    from unnest($2::uuid[], $3::bigint[], $4::text[]) as v (id, seq, hash) where a.tenant_id = $1 and a.id = v.id
  )
  update journal_heads set audit_seq = $5, audit_hash = $6 where tenant_id = $1`

/**
 * Gives what an organization has committed since the last time its place in the feed and in the audit chain. The lock is
 * taken in one statement and the rows are read in the next, whose snapshot therefore holds all that was committed before:
 * a transaction that commits later gets a later place, and no reader who has passed a place finds something new behind it.
 * Any number of nodes may do this at once.
 */
export const sequence = async (pool: Pool, tenantId: string): Promise<Sequenced> => {
  const transaction = await openTransaction(pool, tenantId, 'write')
  const { db, later } = transaction
  try {
    later(
      query(
        db,
        'journal_head_create',
        `insert into journal_heads (tenant_id, event_seq, audit_seq, audit_hash) values ($1, 0, 0, '')
         on conflict do nothing`,
        [tenantId],
      ),
    )
    const locking = query<Head>(db, 'journal_head_lock', headText, [tenantId])
    later(query(db, 'unsequenced_take', 'delete from unsequenced where id = $1', [tenantId]))
    const stamping = query<{ events: number }>(db, 'events_stamp', stampText, [tenantId, batch])
    const reading = query<Link>(db, 'audit_unsequenced', auditText, [tenantId, batch])
    const [[head], [stamped], links] = await Promise.all([locking, stamping, reading])
    if (links.length > 0) later(chain(db, tenantId, head as Head, links))
    const events = stamped?.events ?? 0
    const more = events === batch || links.length === batch
    if (more) later(query(db, 'unsequenced_put', 'insert into unsequenced (id) values ($1)', [tenantId]))
    await transaction.commit()
    return { events, more }
  } catch (error) {
    await transaction.rollback()
    throw error
  }
}

const chain = (db: Database, tenantId: string, head: Head, links: readonly Link[]): Promise<unknown> => {
  let { auditSeq, auditHash } = head
  const places = links.map((link) => {
    auditHash = hashOf(auditHash, tenantId, ++auditSeq, link)
    return { id: link.id, seq: auditSeq, hash: auditHash }
  })
  return query(db, 'audit_chain', chainText, [
    tenantId,
    places.map(({ id }) => id),
    places.map(({ seq }) => seq),
    places.map(({ hash }) => hash),
    auditSeq,
    auditHash,
  ])
}
