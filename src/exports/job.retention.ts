import { piecesAtOnce } from './job.queries.ts'

const day = 24 * 3_600_000

/** How long an export that expired is still told of: days. */
const toldDays = 7

/** What goes of exports (jobs/retention.ts): at most $3 rows before $2 each time. What has not ended by its time is given up. */
export const exportSweeps = [
  {
    name: 'export_jobs_expired',
    before: (_days: unknown, now: number) => now,
    text: `
      with old as (
        select id from export_jobs where tenant_id = $1 and expires_at < $2 and status in ('queued', 'running', 'succeeded')
        order by expires_at limit $3)
      update export_jobs j set status = 'expired', version = j.version + 1, updated_at = $2
      from old where j.tenant_id = $1 and j.id = old.id`,
  },
  {
    name: 'export_chunks',
    most: piecesAtOnce,
    before: (_days: unknown, now: number) => now,
    text: `
      with old as (
        select c.job_id, c.number from export_jobs j join export_chunks c on c.tenant_id = $1 and c.job_id = j.id
        where j.tenant_id = $1 and j.expires_at < $2 and j.status not in ('queued', 'running') limit $3)
      delete from export_chunks c using old where c.tenant_id = $1 and c.job_id = old.job_id and c.number = old.number`,
  },
  {
    name: 'export_jobs',
    before: (_days: unknown, now: number) => now - toldDays * day,
    text: `
      with old as (select id from export_jobs where tenant_id = $1 and expires_at < $2 order by expires_at limit $3)
      delete from export_jobs j using old where j.tenant_id = $1 and j.id = old.id`,
  },
]
