import type { Context } from '../../api/operation.ts'
import { query } from '../../db/statement.ts'
import type { ReviewForm } from '../review-templates/review-template.table.ts'
import type { reviewCycles } from './review-cycle.table.ts'

/** What the reviews of a cycle need to know of it. */
export type CycleOfReviews = Pick<
  typeof reviewCycles.$inferSelect,
  'id' | 'state' | 'form' | 'deadlines' | 'okrCycleIds' | 'goalCutoffAt'
>

const held = new WeakMap<Context, Map<string, CycleOfReviews>>()

/**
 * Reads the review cycles of a write, those named and those of the reviews named, and keeps their state as it is until
 * the write ends: nobody closes a cycle while something is submitted in it.
 */
export const holdCycles = async (
  ctx: Context,
  { reviewIds = [], cycleIds = [] }: { reviewIds?: readonly string[]; cycleIds?: readonly unknown[] },
): Promise<void> => {
  const rows = await query<CycleOfReviews>(
    ctx.db,
    'review_cycles_hold',
    `select c.id, c.state, c.form, c.deadlines, c.okr_cycle_ids as "okrCycleIds", c.goal_cutoff_at as "goalCutoffAt"
     from review_cycles c where c.tenant_id = $1 and c.deleted_at is null and (c.id = any($2) or c.id in
       (select review_cycle_id from reviews where tenant_id = $1 and id = any($3)))
     order by c.id for share of c`,
    [ctx.actor.tenantId, cycleIds.filter((each) => typeof each === 'string'), reviewIds],
  )
  held.set(ctx, new Map(rows.map((row) => [row.id, row])))
}

/** A cycle this write holds; undefined where there is none. */
export const heldCycle = (ctx: Context, id: string): CycleOfReviews | undefined => held.get(ctx)?.get(id)

/** The form of a launched cycle, for reads, which need not hold it; undefined before the launch. */
export const formOf = async ({ db, actor }: Context, id: string): Promise<ReviewForm | undefined> => {
  const [row] = await query<{ form: ReviewForm | null }>(
    db,
    'review_cycle_form',
    'select form from review_cycles where tenant_id = $1 and id = $2',
    [actor.tenantId, id],
  )
  return row?.form ?? undefined
}
