import { z } from 'zod'
import { id, text } from '../../api/fields.ts'
import { type Context, operation } from '../../api/operation.ts'
import { Problem } from '../../api/problem.ts'
import { findOne, reads } from '../../api/reads.ts'
import { writes } from '../../api/writes.ts'
import { holdCycles } from '../review-cycles/review-cycle.queries.ts'
import { ratingValue } from '../review-templates/review-template.resource.ts'
import { holdReview, saveReview, shownReview } from './review.act.ts'
import { isAnonymous, isRecord, saidOf } from './review.final.ts'
import { reviewInputs, reviewRow } from './review.input.ts'
import { judgeReview, requireFreeRefs } from './review.judge.ts'
import { ratingOf } from './review.rating.ts'
import { review, reviewSchema } from './review.resource.ts'
import { resultOf, reviewResult } from './review.result.ts'
import { mayAcknowledgeReview, mayChangeReview, mayShareReview, runsReviews, writesReview } from './review.rules.ts'
import { submitReview } from './review.submit.ts'
import type { reviews } from './review.table.ts'
import { reviewSightOf } from './review.visibility.ts'

type Review = typeof reviews.$inferSelect

const find = async (ctx: Context, input: { id: string }) => (await findOne(ctx, review, input.id)) as Review | undefined

const action = { status: 200, scope: 'review:write', output: reviewSchema, returns: 'Review', find } as const

/** Only the reviews that carry the outcome are calibrated and shared. Throws 409. */
const requireRecord = async (ctx: Context, { id: wanted, ...row }: Review): Promise<void> => {
  if (!isRecord(await saidOf(ctx, row.reviewCycleId, row.subjectId), wanted))
    throw new Problem('invalid_transition', `The outcome of this person is not on a ${row.relationship} review`)
}

const share = async (ctx: Context, wanted: string) => {
  const { row } = await holdReview(ctx, wanted, {
    states: ['submitted'],
    cycle: ['active', 'calibration', 'closed'],
    doing: 'shared',
  })
  await requireRecord(ctx, row)
  await saveReview(ctx, row, { state: 'shared', sharedAt: ctx.now }, 'shared')
}

const acknowledge = async (ctx: Context, wanted: string, comment: string | null) => {
  const { row } = await holdReview(ctx, wanted, {
    states: ['shared'],
    cycle: ['active', 'calibration', 'closed'],
    doing: 'acknowledged',
  })
  const changed = { state: 'acknowledged', acknowledgedAt: ctx.now, acknowledgement: comment } as const
  await saveReview(ctx, row, changed, 'acknowledged')
}

const calibrate = async (ctx: Context, wanted: string, { rating, reason }: { rating: number; reason: string }) => {
  const { row, cycle } = await holdReview(ctx, wanted, {
    states: ['submitted'],
    cycle: ['calibration'],
    doing: 'calibrated',
  })
  await requireRecord(ctx, row)
  const finalRating = ratingOf(cycle.form.scale, rating, '/rating')
  const from = row.calibration ? row.calibration.from : row.finalRating
  const calibration = { from, reason, actorId: ctx.actor.id, at: ctx.now }
  await saveReview(ctx, row, { finalRating, calibration }, 'calibrated')
}

/** The subject reads the outcome once it is shared; their manager, and those who run reviews, at any time. */
const mayReadResult = ({ actor }: Context, { state, subjectId, relationship }: Review): boolean => {
  if (reviewSightOf(actor) === 'everything') return true
  if (isAnonymous(relationship)) return false
  return actor.userId !== subjectId || state === 'shared' || state === 'acknowledged'
}

export const reviewOperations = [
  ...reads(review),
  ...writes<Review>({
    resource: review,
    create: { input: reviewInputs.create, allow: runsReviews },
    update: { input: reviewInputs.update, allow: mayChangeReview },
    delete: { allow: runsReviews },
    lock: (ctx, { ids, inputs }) =>
      holdCycles(ctx, { reviewIds: ids, cycleIds: inputs.map(({ reviewCycleId }) => reviewCycleId) }),
    toRow: reviewRow,
    judge: judgeReview,
    settle: (ctx, changes) => requireFreeRefs(ctx, 'reviews', changes),
  }),
  operation({
    ...action,
    name: 'submitReview',
    summary: 'Submit a review: its answers and the goals it was written before stand from here',
    rest: 'POST /reviews/:id/submit',
    input: z.strictObject({ id }),
    allow: writesReview,
    run: async (ctx, input) => {
      await submitReview(ctx, input.id)
      return (await shownReview(ctx, input.id)) as never
    },
  }),
  operation({
    ...action,
    name: 'shareReview',
    summary: 'Share the outcome with the subject',
    rest: 'POST /reviews/:id/share',
    input: z.strictObject({ id }),
    allow: mayShareReview,
    run: async (ctx, input) => {
      await share(ctx, input.id)
      return (await shownReview(ctx, input.id)) as never
    },
  }),
  operation({
    ...action,
    name: 'acknowledgeReview',
    summary: 'Say that the outcome was read',
    rest: 'POST /reviews/:id/acknowledge',
    input: z.strictObject({
      id,
      input: z.strictObject({ comment: text.nullable().default(null) }).meta({ id: 'AcknowledgeReviewInput' }),
    }),
    allow: mayAcknowledgeReview,
    run: async (ctx, { id: wanted, input }) => {
      await acknowledge(ctx, wanted, input.comment)
      return (await shownReview(ctx, wanted)) as never
    },
  }),
  operation({
    ...action,
    name: 'calibrateReview',
    summary: 'Adjust the final rating of a person, with the reason',
    rest: 'POST /reviews/:id/calibrate',
    input: z.strictObject({
      id,
      input: z.strictObject({ rating: ratingValue, reason: text.trim().min(1) }).meta({ id: 'CalibrateReviewInput' }),
    }),
    allow: runsReviews,
    run: async (ctx, { id: wanted, input }) => {
      await calibrate(ctx, wanted, input)
      return (await shownReview(ctx, wanted)) as never
    },
  }),
  operation({
    name: 'reviewResult',
    tag: 'Review',
    summary: 'Get what the final rating is made of, and what others said without their names',
    rest: 'GET /reviews/:id/result',
    scope: 'review:read',
    input: z.strictObject({ id }),
    output: reviewResult,
    auditsReads: ({ actor }, { reviewId, subjectId }) => (subjectId === actor.userId ? [] : [reviewId]),
    find,
    allow: mayReadResult,
    run: (ctx, _input, row) => resultOf(ctx, row),
  }),
]
