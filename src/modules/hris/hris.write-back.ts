import { isDeepStrictEqual } from 'node:util'
import type { z } from 'zod'
import type { Context } from '../../api/operation.ts'
import { inputProblem, Problem } from '../../api/problem.ts'
import { holdReview, saveReview } from '../reviews/review.act.ts'
import { isRecord, saidOf, settleFinal } from '../reviews/review.final.ts'
import { ratingOf } from '../reviews/review.rating.ts'
import type { reviews } from '../reviews/review.table.ts'
import type { performanceReviewInput } from './hris.schema.ts'

type Review = typeof reviews.$inferSelect
type Input = z.output<typeof performanceReviewInput>
type Held = Awaited<ReturnType<typeof holdReview>>

/** A final rating decided elsewhere is a calibration: it stands on the review that carries the outcome, with its reason. */
const calibrated = async (ctx: Context, { row, cycle }: Held, input: Input): Promise<Partial<Review>> => {
  if (input.finalRating === undefined) return {}
  if (input.reason === undefined) throw inputProblem('reason_required', '/reason', 'why the final rating is this one')
  const finalRating = ratingOf(cycle.form.scale, input.finalRating, '/finalRating')
  const said = await saidOf(ctx, row.reviewCycleId, row.subjectId)
  if (!isRecord(said, row.id))
    throw new Problem('invalid_transition', 'A final rating stands on the submitted review that carries the outcome')
  if (isDeepStrictEqual(finalRating, row.finalRating)) return {}
  const from = row.calibration ? row.calibration.from : row.finalRating
  return { finalRating, calibration: { from, reason: input.reason, actorId: ctx.actor.id, at: ctx.now } }
}

/**
 * Takes over what an HR system says of a review, until it is shared: its rating, its summary, the final rating. Saying
 * the same again changes nothing. Throws 409 and 422 as for a review that is written here.
 */
export const writeBack = async (ctx: Context, id: string, input: Input): Promise<void> => {
  const held = await holdReview(ctx, id, {
    states: ['pending', 'in_progress', 'submitted'],
    cycle: ['active', 'calibration'],
    doing: 'rated',
  })
  const { row, cycle } = held
  const wanted: Partial<Review> = {
    ...(input.rating === undefined ? {} : { rating: ratingOf(cycle.form.scale, input.rating, '/rating') }),
    ...(input.summaryComment === undefined ? {} : { summary: input.summaryComment }),
    ...(await calibrated(ctx, held, input)),
  }
  const changed = Object.entries(wanted).filter(([key, value]) => !isDeepStrictEqual(row[key as keyof Review], value))
  if (changed.length === 0) return
  const state = row.state === 'pending' ? { state: 'in_progress' as const } : {}
  await saveReview(ctx, row, { ...Object.fromEntries(changed), ...state }, 'rated')
  if (row.state === 'submitted') await settleFinal(ctx, cycle.form, row)
}
