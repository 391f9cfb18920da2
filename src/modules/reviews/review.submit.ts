import type { Context } from '../../api/operation.ts'
import { inputProblem } from '../../api/problem.ts'
import type { ReviewForm } from '../review-templates/review-template.table.ts'
import { holdReview, saveReview } from './review.act.ts'
import { isAnonymous, settleFinal } from './review.final.ts'
import { ratingOfAnswers } from './review.rating.ts'
import { takeSnapshots } from './review.snapshot.ts'
import type { reviews } from './review.table.ts'

type Review = typeof reviews.$inferSelect

/** Every required question of this relationship is answered. 422, naming the first that is not. */
const requireAnswers = ({ sections }: ReviewForm, { relationship, answers }: Review): void => {
  const answered = new Set(
    answers.flatMap(({ questionKey, rating, text }) => (rating !== null || text !== null ? [questionKey] : [])),
  )
  const asked = sections.filter((section) => section.relationships.includes(relationship))
  const missing = asked
    .flatMap(({ questions }) => questions)
    .find(({ key, required }) => required && !answered.has(key))
  if (missing) throw inputProblem('invalid_input', '/answers', `the question ${missing.key} is not answered`)
}

/** The goals it was written before: looked at when the cycle said, else now. Peers are not shown them. */
const snapshotFor = async (
  ctx: Context,
  cycle: Parameters<typeof takeSnapshots>[1],
  { relationship, subjectId, goalSnapshotSha256 }: Review,
): Promise<Partial<Review>> => {
  if (goalSnapshotSha256 !== null || isAnonymous(relationship)) return {}
  const hashes = await takeSnapshots(ctx, cycle, [subjectId])
  return { goalSnapshotSha256: hashes.get(subjectId) ?? null, goalSnapshotAt: ctx.now }
}

/** Ends the writing of a review: from here its answers and its goals stand. Throws 409 and 422. */
export const submitReview = async (ctx: Context, id: string): Promise<void> => {
  const { row, cycle } = await holdReview(ctx, id, {
    states: ['pending', 'in_progress'],
    cycle: ['active'],
    doing: 'submitted',
  })
  requireAnswers(cycle.form, row)
  const rating = row.rating ?? ratingOfAnswers(cycle.form, row.answers)
  const snapshot = await snapshotFor(ctx, cycle, row)
  await saveReview(ctx, row, { state: 'submitted', submittedAt: ctx.now, rating, ...snapshot }, 'submitted')
  await settleFinal(ctx, cycle.form, row)
}
