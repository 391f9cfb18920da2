import { findMany, lockMany } from '../../api/find-many.ts'
import type { Context } from '../../api/operation.ts'
import { Problem } from '../../api/problem.ts'
import { present } from '../../api/select.ts'
import { type Row, updateRows } from '../../api/store.ts'
import { query } from '../../db/statement.ts'
import { type CycleOfReviews, heldCycle, holdCycles } from '../review-cycles/review-cycle.queries.ts'
import type { ReviewForm } from '../review-templates/review-template.table.ts'
import { review } from './review.resource.ts'
import type { reviews } from './review.table.ts'

type Review = typeof reviews.$inferSelect
type Launched = CycleOfReviews & { form: ReviewForm }

const live = ([row]: Row[]): Review => {
  if (!row || row['deletedAt'] !== null) throw new Problem('not_found')
  return row as Review
}

/**
 * Reads a review, and its cycle, so that nobody changes them meanwhile; those who write about the same person in the
 * same cycle take turns. Throws 409 `invalid_transition` unless both are in one of these states.
 */
export const holdReview = async (
  ctx: Context,
  id: string,
  from: { states: readonly Review['state'][]; cycle: readonly CycleOfReviews['state'][]; doing: string },
): Promise<{ row: Review; cycle: Launched }> => {
  await holdCycles(ctx, { reviewIds: [id] })
  // The turn comes before the row: whoever has the turn may change the other reviews of the same person.
  const { reviewCycleId, subjectId } = live(await findMany(ctx, review, [id]))
  await query(ctx.db, 'review_turn', 'select pg_advisory_xact_lock(hashtextextended($1, 0))', [
    `review ${reviewCycleId} ${subjectId}`,
  ])
  const row = live(await lockMany(ctx, review, [id]))
  const cycle = heldCycle(ctx, reviewCycleId)
  if (!cycle?.form || !from.cycle.includes(cycle.state))
    throw new Problem('invalid_transition', `${from.doing} takes a review cycle that is ${from.cycle.join(' or ')}`)
  if (!from.states.includes(row.state))
    throw new Problem('invalid_transition', `A review that is ${row.state} cannot be ${from.doing}`)
  return { row, cycle: cycle as Launched }
}

/** Stores what an action changed, tells it, and answers the review as it is now. */
export const saveReview = async (
  ctx: Context,
  row: Review,
  changed: Partial<Review>,
  verb: string,
): Promise<Review> => {
  const after = { ...changed, id: row.id, version: row.version + 1, updatedAt: ctx.now }
  const [stored] = await updateRows(ctx, review, [...Object.keys(changed), 'version', 'updatedAt'], [after])
  ctx.emit({
    type: `review.${verb}`,
    subject: { type: 'review', id: row.id },
    ...(changed.state ? { changes: { state: [row.state, changed.state] } } : {}),
  })
  return stored as Review
}

/** The review as it is stored now, as the caller sees it. */
export const shownReview = async (ctx: Context, id: string): Promise<Row> => {
  const [row] = await findMany(ctx, review, [id])
  return present(review, row ?? {}, ctx)
}
