import { writeEvents } from '../api/journal.ts'
import type { Work } from '../api/queue.ts'
import { query } from '../db/statement.ts'
import type { Database } from '../db/transaction.ts'
import type { Format } from './format.ts'

/** An export as its worker sees it; `attempt` is the fence. */
export type ExportJob = {
  id: string
  table: string
  format: Format
  compression: 'none' | 'gzip'
  updatedSince: string | null
  includeDeleted: boolean
  onlyOpen: boolean
  attempt: number
  /** Whether who asked may still come. */
  isWanted: boolean
}

const columns = `j.id, j.table_name as "table", j.format, j.compression, j.updated_since as "updatedSince",
  j.include_deleted as "includeDeleted", j.only_open as "onlyOpen", j.attempt`

/** Whether who asked may still come: a key that is revoked or expired, or a person who left, gets nothing more. */
const makerText = `
  (exists (select from api_keys k where k.tenant_id = $1 and k.id = j.created_by and k.deleted_at is null
     and (k.expires_at is null or k.expires_at > $3))
   or exists (select from users u where u.tenant_id = $1 and u.id = j.created_by and u.deleted_at is null and u.active))`

/** Takes the job for one more attempt; undefined where there is nothing to do (any more). */
export const takeJob = async (db: Database, { tenantId, id }: Work, now: string): Promise<ExportJob | undefined> => {
  const [job] = await query<ExportJob>(
    db,
    'export_job_take',
    `update export_jobs j set status = 'running', attempt = j.attempt + 1, started_at = $3, rows_written = 0, bytes = 0,
       version = j.version + 1, updated_at = $3
     where j.tenant_id = $1 and j.id = $2 and j.status in ('queued', 'running') and j.deleted_at is null and j.expires_at > $3
     returning ${columns}, ${makerText} as "isWanted"`,
    [tenantId, id, now],
  )
  return job
}

type At = { tenantId: string; job: ExportJob; now: string }

/** Pieces that go in one transaction: so few (100 MiB) that it ends long before Postgres would break it off. */
export const piecesAtOnce = 100

/** Takes away some of what earlier attempts wrote, and says how many; undefined where the job is no longer this attempt's. */
export const dropPieces = async (db: Database, tenantId: string, job: ExportJob): Promise<number | undefined> => {
  const [row] = await query<{ dropped: number }>(
    db,
    'export_job_drop',
    `with mine as (
       select id from export_jobs where tenant_id = $1 and id = $2 and attempt = $3 and status = 'running' and deleted_at is null
       for no key update
     ), old as (
       select c.number from mine join export_chunks c on c.tenant_id = $1 and c.job_id = mine.id order by c.number limit $4
     ), gone as (
       delete from export_chunks c using old where c.tenant_id = $1 and c.job_id = $2 and c.number = old.number returning 1)
     select (select count(*)::int from gone) as dropped from mine`,
    [tenantId, job.id, job.attempt, piecesAtOnce],
  )
  return row?.dropped
}

/** Adds one piece to the file, and says how far it is; false where the job is no longer this attempt's. */
export const addPiece = async (
  db: Database,
  { tenantId, job, now }: At,
  piece: { number: number; bytes: Buffer; rows: number; total: number },
): Promise<boolean> => {
  const written = await query(
    db,
    'export_job_piece',
    `with moved as (
       update export_jobs j set rows_written = $5::bigint, rows_total = $6::bigint, bytes = j.bytes + length($8::bytea),
         version = j.version + 1, updated_at = $3
       where j.tenant_id = $1 and j.id = $2 and j.attempt = $4 and j.status = 'running' and j.deleted_at is null returning 1)
     insert into export_chunks (tenant_id, job_id, number, bytes) select $1, $2, $7::int, $8::bytea from moved returning number`,
    [tenantId, job.id, now, job.attempt, piece.rows, piece.total, piece.number, piece.bytes],
  )
  return written.length > 0
}

type Ended = { error: string | null; rows: number; syncedThrough: string; expiresAt: string }

/**
 * Ends the job, as failed where `error` says why or its maker is gone, and tells of it. What one that failed
 * wrote is left to retention.
 * False where it is no longer this attempt's.
 */
export const endJob = async (db: Database, { tenantId, job, now }: At, ended: Ended): Promise<boolean> => {
  const [row] = await query<{ status: string }>(
    db,
    'export_job_end',
    `update export_jobs j set status = case when e.error is null then 'succeeded' else 'failed' end, error = e.error,
       finished_at = $3, version = j.version + 1, updated_at = $3,
       rows_written = $6::bigint, rows_total = case when e.error is null then $6::bigint else j.rows_total end,
       bytes = case when e.error is null then j.bytes else 0 end,
       synced_through = case when e.error is null then $7::timestamptz end,
       expires_at = case when e.error is null then $8::timestamptz else $3 end
     from (select case when ${makerText} then $5::text else 'unauthenticated' end as error
       from export_jobs j where j.tenant_id = $1 and j.id = $2) e
     where j.tenant_id = $1 and j.id = $2 and j.attempt = $4 and j.status = 'running' and j.deleted_at is null
     returning j.status`,
    [tenantId, job.id, now, job.attempt, ended.error, ended.rows, ended.syncedThrough, ended.expiresAt],
  )
  if (!row) return false
  const subject = { type: 'export_job', id: job.id }
  const changes = { status: ['running', row.status] as [string, string] }
  const actor = { kind: 'api_key', tenantId, id: tenantId } as const
  await writeEvents({ db, now, actor }, [{ type: 'export_job.finished', subject, changes }])
  return true
}
