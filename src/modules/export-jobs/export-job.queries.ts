import type { Context } from '../../api/operation.ts'
import { query } from '../../db/statement.ts'
import type { Database } from '../../db/transaction.ts'

/** Exports an organization keeps: under way, or with a file. */
export const countKept = async ({ db, actor, now }: Context): Promise<number> => {
  const [row] = await query<{ count: number }>(
    db,
    'export_jobs_kept',
    `select count(*)::int as count from export_jobs where tenant_id = $1 and deleted_at is null and expires_at > $2
       and status in ('queued', 'running', 'succeeded')`,
    [actor.tenantId, now],
  )
  return row?.count ?? 0
}

/** Bytes of all files of an organization as they lie, those that are deleted and not taken away yet included. */
export const bytesKept = async ({ db, tenantId }: { db: Database; tenantId: string }): Promise<number> => {
  const [row] = await query<{ bytes: number }>(
    db,
    'export_bytes_kept',
    'select coalesce(sum(length(bytes)), 0)::float8 as bytes from export_chunks where tenant_id = $1',
    [tenantId],
  )
  return row?.bytes ?? 0
}

/** Those who ask for exports take turns, so that two do not count the same: held to the end of the transaction. */
export const takeTurn = async ({ db, actor }: Context): Promise<void> => {
  const key = `${actor.tenantId} exports`
  await query(db, 'export_jobs_turn', 'select pg_advisory_xact_lock(hashtextextended($1, 0))', [key])
}

/**
 * Ends deleted exports; whoever is writing one is told by its next piece. Files may be longer than a request can wait for:
 * retention takes them.
 */
export const endDeleted = ({ db, actor, now, later }: Context, ids: readonly string[]): void =>
  later(
    query(
      db,
      'export_jobs_cancel',
      `update export_jobs set status = 'cancelled', expires_at = $3, bytes = 0 where tenant_id = $1 and id = any($2)`,
      [actor.tenantId, ids, now],
    ),
  )
