import type { Pool } from 'pg'
import type { Clock } from '../api/clock.ts'
import { writeEvents } from '../api/journal.ts'
import { query } from '../db/statement.ts'
import { type Database, openTransaction } from '../db/transaction.ts'
import { fanOut, type ReadFeed } from './fan-out.ts'
import { claim, type Ended, type Leased, nextDue, recordEnded } from './lease.ts'

export type StepOptions = { pool: Pool; clock: Clock; read: ReadFeed }

export type Step = {
  leased: Leased[]
  /** There are more events than one step takes. */
  more: boolean
  /** Milliseconds until something else is due; null for never. */
  wait: number | null
  /** Something was written to the journal. */
  told: boolean
}

const nothing: Step = { leased: [], more: false, wait: null, told: false }

/** A revoked or expired key, or a person who left, hears nothing from then on. */
const orphanText = `
  update webhook_endpoints e set state = 'disabled', disabled_reason = 'creator_gone', version = e.version + 1, updated_at = $2
  where e.tenant_id = $1 and e.state = 'enabled' and e.deleted_at is null
    and not exists (select from api_keys k where k.tenant_id = $1 and k.id = e.created_by and k.deleted_at is null
      and (k.expires_at is null or k.expires_at > $2))
    and not exists (select from users u where u.tenant_id = $1 and u.id = e.created_by and u.deleted_at is null and u.active)
  returning e.id`

/**
 * One organization's deliveries a step further, in one transaction: how tries ended is written down, new events become
 * deliveries, and what is due is leased. The cursor's lock makes steps of one organization take turns on all nodes; the
 * statements behind it see what the step before did.
 */
export const step = async (
  { pool, clock, read }: StepOptions,
  tenantId: string,
  work: { ended: readonly Ended[]; isFresh: boolean; room: number },
): Promise<Step> => {
  const transaction = await openTransaction(pool, tenantId, 'write')
  const { db } = transaction
  const now = clock().toISOString()
  try {
    const locking = query<{ seq: number }>(
      db,
      'webhook_cursor_lock',
      'select seq from webhook_cursors where tenant_id = $1 for no key update',
      [tenantId],
    )
    const recording = work.ended.length > 0 ? recordEnded(db, tenantId, work.ended) : []
    const orphaning = work.isFresh ? query<{ id: string }>(db, 'webhook_orphans', orphanText, [tenantId, now]) : []
    const [[cursor], failed, orphans] = await Promise.all([locking, recording, orphaning])
    if (!cursor) {
      await transaction.rollback()
      return nothing
    }
    const disabled = [...failed, ...orphans].map(({ id }) => id)
    if (disabled.length > 0) transaction.later(tellDisabled(db, tenantId, now, disabled))
    const more = work.isFresh && (await fanOut(read, { db, tenantId, today: now.slice(0, 10), after: cursor.seq }))
    const [leased, wait] = await Promise.all([claim(db, tenantId, work.room), nextDue(db, tenantId)])
    await transaction.commit()
    return { leased, more, wait, told: disabled.length > 0 }
  } catch (error) {
    const first = transaction.cause(error)
    await transaction.rollback()
    throw first
  }
}

/** In the organization's own name: no person and no key did it. */
const tellDisabled = (db: Database, tenantId: string, now: string, ids: readonly string[]) =>
  writeEvents(
    { db, now, actor: { kind: 'api_key', tenantId, id: tenantId } },
    ids.map((id) => ({
      type: 'webhook_endpoint.disabled',
      subject: { type: 'webhook_endpoint', id },
      changes: { state: ['enabled', 'disabled'] },
    })),
  )
