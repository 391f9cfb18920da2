import type { Context } from '../api/operation.ts'
import { query } from '../db/statement.ts'
import type { Job } from './job.ts'
import { inEveryOrganization, type JobOptions } from './organizations.ts'

/** Rows of one transaction; the rest waits for the next run. */
const mostRows = 5_000

const feedbackText = `
  update feedback f set text = null, deleted_at = $2, version = version + 1, updated_at = $2
  where f.tenant_id = $1 and f.id in (select x.id from feedback x
    join organizations g on g.tenant_id = $1 and g.id = $1
    where x.tenant_id = $1 and (x.deleted_at is null or x.text is not null)
      and coalesce(x.given_at, x.created_at) + make_interval(days => (g.retention ->> 'feedback')::int) < $2 order by x.id limit $3)
  returning f.id`

const reviewsText = `
  update reviews r set answers = '[]', rating = null, summary = null, final_rating = null, calibration = null,
    acknowledgement = null, goal_snapshot_sha256 = null, goal_snapshot_at = null,
    deleted_at = coalesce(r.deleted_at, $2), version = version + 1, updated_at = $2
  where r.tenant_id = $1 and r.id in (select x.id from reviews x
    join review_cycles c on c.tenant_id = $1 and c.id = x.review_cycle_id
    join organizations g on g.tenant_id = $1 and g.id = $1
    where x.tenant_id = $1 and (x.deleted_at is null or x.answers <> '[]' or x.summary is not null)
      and c.closed_at + make_interval(days => (g.retention ->> 'reviews')::int) < $2 order by x.id limit $3)
  returning r.id`

// Named once by nobody any more: what was frozen of goals closed stays, it is not about reviews.
const snapshotsText = `
  delete from goal_snapshots s where s.tenant_id = $1
    and not exists (select from reviews r where r.tenant_id = $1 and r.goal_snapshot_sha256 = s.sha256)`

const erase = async (ctx: Context, type: 'feedback' | 'review', text: string): Promise<number> => {
  const values = [ctx.actor.tenantId, ctx.now, mostRows]
  const rows = await query<{ id: string }>(ctx.db, `retention_${type}`, text, values)
  for (const { id } of rows) ctx.emit({ type: `${type}.deleted`, subject: { type, id } })
  return rows.length
}

/**
 * Erases feedback and reviews older than the organization keeps them (`retention.feedback` after it was given,
 * `retention.reviews` after the cycle was closed). Tombstones without content stay, so that who syncs is told.
 */
export const runPrivacyRetention = (options: JobOptions): Promise<void> =>
  inEveryOrganization(options, 'privacy retention', async (ctx) => {
    await erase(ctx, 'feedback', feedbackText)
    if ((await erase(ctx, 'review', reviewsText)) > 0)
      await query(ctx.db, 'retention_snapshots', snapshotsText, [ctx.actor.tenantId])
  })

/** The job: every six hours. */
export const privacyRetention: Job = { name: 'privacy-retention', schedule: '40 */6 * * *', run: runPrivacyRetention }
