import type { Context } from '../../api/operation.ts'
import { query } from '../../db/statement.ts'

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

/** Takes the files of deleted exports away; whoever is writing one is told by its next piece. */
export const dropFiles = async ({ db, actor, later }: Context, ids: readonly string[]): Promise<void> => {
  later(
    query(
      db,
      'export_jobs_cancel',
      `update export_jobs set status = 'cancelled' where tenant_id = $1 and id = any($2) and status in ('queued', 'running')`,
      [actor.tenantId, ids],
    ),
  )
  await query(db, 'export_chunks_drop', 'delete from export_chunks where tenant_id = $1 and job_id = any($2)', [
    actor.tenantId,
    ids,
  ])
}
