import type { Context } from '../../api/operation.ts'
import { hasRole } from '../../auth/rules.ts'
import type { reviews } from './review.table.ts'

type Review = typeof reviews.$inferSelect

/** Who sets reviews up: HR, and the machines of HR systems. Administrators alone do not. */
export const runsReviews = hasRole('hr', 'integration')

const speaks = hasRole('admin', 'hr', 'manager', 'member')

/** Who says what a review says: its reviewer, and machines that carry over what was said elsewhere. */
export const writesReview = (ctx: Context, { reviewerId }: Pick<Review, 'reviewerId'>): boolean =>
  ctx.actor.roles.includes('integration') || (ctx.actor.userId === reviewerId && speaks(ctx, undefined) === true)

/** Who may change a review at all; what each of them may change is told apart in its judge. */
export const mayChangeReview = async (ctx: Context, row: Review): Promise<boolean> =>
  writesReview(ctx, row) || runsReviews(ctx, row)

/** Who tells the subject: HR, and the manager who wrote it. */
export const mayShareReview = async (ctx: Context, row: Review): Promise<boolean> =>
  (await runsReviews(ctx, row)) || (row.relationship === 'manager' && writesReview(ctx, row))

/** Who has read it: the subject, or a machine that was told so. */
export const mayAcknowledgeReview = ({ actor }: Context, { subjectId }: Review): boolean =>
  actor.roles.includes('integration') || actor.userId === subjectId
