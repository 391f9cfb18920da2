import type { Context } from '../api/operation.ts'
import { query } from '../db/statement.ts'
import { takeSnapshots } from '../modules/reviews/review.snapshot.ts'
import { dayNumber, dayOf } from '../scoring/index.ts'
import type { Job } from './job.ts'
import { inEveryOrganization, type JobOptions } from './organizations.ts'

/** Days before the last one at which a reviewer is reminded. */
const soonDays = 3

type Waiting = { id: string; subjectId: string; reviewCycleId: string; okrCycleIds: string[] }

// Rows somebody is submitting right now are left to them. The rows come before the goal graphs, as in a submission.
const waitingText = `
  select r.id, r.subject_id as "subjectId", c.id as "reviewCycleId", c.okr_cycle_ids as "okrCycleIds"
  from reviews r join review_cycles c on c.tenant_id = $1 and c.id = r.review_cycle_id
  where r.tenant_id = $1 and c.state = 'active' and c.goal_cutoff_at <= $2 and r.goal_snapshot_sha256 is null
    and r.state in ('pending', 'in_progress') and r.relationship in ('self', 'manager') and r.deleted_at is null
  order by r.id for no key update of r skip locked`

/** Looks at the goals of everybody whose review cycle says that it is time: all of them at the same moment. */
const takeCutoffs = async (ctx: Context): Promise<void> => {
  const waiting = await query<Waiting>(ctx.db, 'reviews_before_cutoff', waitingText, [ctx.actor.tenantId, ctx.now])
  for (const [id, rows] of Map.groupBy(waiting, ({ reviewCycleId }) => reviewCycleId)) {
    const okrCycleIds = rows[0]?.okrCycleIds ?? []
    const hashes = await takeSnapshots(ctx, { id, okrCycleIds }, [...new Set(rows.map(({ subjectId }) => subjectId))])
    await query(
      ctx.db,
      'reviews_at_cutoff',
      `update reviews r set goal_snapshot_sha256 = v.sha256, goal_snapshot_at = $4, version = version + 1, updated_at = $4
       from unnest($2::uuid[], $3::text[]) as v (id, sha256) where r.tenant_id = $1 and r.id = v.id`,
      [ctx.actor.tenantId, rows.map((row) => row.id), rows.map(({ subjectId }) => hashes.get(subjectId)), ctx.now],
    )
    ctx.emit({ type: 'review_cycle.goals_taken', subject: { type: 'review_cycle', id } })
  }
}

const remindText = `
  update reviews r set reminded = case when r.due_on < $2 then 'overdue' else 'due_soon' end
  from review_cycles c where r.tenant_id = $1 and c.tenant_id = $1 and c.id = r.review_cycle_id and c.state = 'active'
    and r.state in ('pending', 'in_progress') and r.deleted_at is null
    and ((r.due_on < $2 and r.reminded is distinct from 'overdue') or (r.due_on between $2 and $3 and r.reminded is null))
  returning r.id, r.reminded`

/** Each reviewer once before the last day, and once after it: `review.due_soon`, `review.overdue`. */
const remind = async (ctx: Context): Promise<void> => {
  const soon = dayOf(dayNumber(ctx.today) + soonDays)
  const rows = await query<{ id: string; reminded: string }>(ctx.db, 'reviews_remind', remindText, [
    ctx.actor.tenantId,
    ctx.today,
    soon,
  ])
  for (const { id, reminded } of rows) ctx.emit({ type: `review.${reminded}`, subject: { type: 'review', id } })
}

/** Takes the goals of review cycles whose cutoff has come, and reminds reviewers by events. May run at any time, on any node. */
export const runReviewReminders = (options: JobOptions): Promise<void> =>
  inEveryOrganization(options, 'review reminders', async (ctx) => {
    await takeCutoffs(ctx)
    await remind(ctx)
  })

/** The job: every five minutes. */
export const reviewReminders: Job = { name: 'review-reminders', schedule: '*/5 * * * *', run: runReviewReminders }
