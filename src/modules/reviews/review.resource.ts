import { z } from 'zod'
import { base, day, id, instant, text } from '../../api/fields.ts'
import type { Context } from '../../api/operation.ts'
import { Problem } from '../../api/problem.ts'
import { resource } from '../../api/resource.ts'
import { externalRefs, reviewCycle } from '../review-cycles/review-cycle.resource.ts'
import { relationship } from '../review-templates/review-template.resource.ts'
import { user } from '../users/user.resource.ts'
import { reviewStates, reviews } from './review.table.ts'
import { reviewSightOf, reviewVisible } from './review.visibility.ts'

type Review = typeof reviews.$inferSelect
type Reader = Pick<Context, 'actor'>

export const rating = z
  .strictObject({
    value: z.number(),
    label: z.string(),
    scale: z
      .strictObject({ name: z.string(), lowest: z.number(), highest: z.number() })
      .meta({ id: 'RatingScaleEnds' }),
  })
  .meta({ id: 'Rating', description: 'A value, what it is called, and the scale it belongs to.' })

const answer = z
  .strictObject({ questionKey: z.string(), rating: rating.nullable(), text: text.nullable() })
  .meta({ id: 'ReviewAnswer' })

const calibration = z
  .strictObject({ from: rating.nullable(), reason: text, actorId: id, at: instant })
  .meta({ id: 'Calibration', description: 'What the final rating was before it was adjusted, and why it was.' })

const goalSnapshot = z
  .strictObject({ sha256: z.string(), takenAt: instant })
  .meta({ id: 'GoalSnapshotRef', description: 'The frozen goals of the subject: GET /reviews/:id/snapshot.' })

export const reviewSchema = z
  .strictObject({
    ...base,
    reviewCycleId: id,
    subjectId: id,
    relationship,
    reviewerId: id,
    state: z.enum(reviewStates).meta({ id: 'ReviewState' }),
    dueOn: day.nullable(),
    answers: z.array(answer).meta({ description: 'Empty for others than the reviewer until it is submitted.' }),
    rating: rating.nullable().meta({ description: 'Of this review as a whole.' }),
    summary: text.nullable(),
    finalRating: rating.nullable().meta({ description: 'Of the subject in the cycle.' }),
    calibration: calibration.nullable(),
    goalSnapshot: goalSnapshot.nullable(),
    submittedAt: instant.nullable(),
    sharedAt: instant.nullable(),
    acknowledgedAt: instant.nullable(),
    acknowledgement: text.nullable().meta({ description: 'What the subject said to it.' }),
    externalRefs,
  })
  .meta({ id: 'Review', description: 'What one person says of another, or of themselves, in a review cycle.' })

/** A draft is between its author and those who run reviews. */
const showsDraft = ({ state, reviewerId }: Review, { actor }: Reader): boolean =>
  (state !== 'pending' && state !== 'in_progress') ||
  actor.userId === reviewerId ||
  reviewSightOf(actor) === 'everything'

/** The subject learns the outcome when it is shared, even where it stands on their own review. */
const showsOutcome = ({ state, subjectId }: Review, { actor }: Reader): boolean =>
  state === 'shared' || state === 'acknowledged' || actor.userId !== subjectId || reviewSightOf(actor) === 'everything'

const draft = (key: 'answers' | 'rating' | 'summary', hidden: unknown) => ({
  needs: ['state', 'reviewerId', key] as const,
  of: (row: Review, ctx: Reader) => (showsDraft(row, ctx) ? row[key] : hidden),
})
const outcome = (key: 'finalRating' | 'calibration') => ({
  needs: ['state', 'subjectId', key] as const,
  of: (row: Review, ctx: Reader) => (showsOutcome(row, ctx) ? row[key] : null),
})

export const review = resource({
  name: 'Review',
  path: 'reviews',
  type: 'review',
  schema: reviewSchema,
  events: {
    submitted: { summary: 'One Review was submitted', changes: { state: reviewSchema.shape.state } },
    rated: { summary: 'An HR system wrote a rating of one Review', changes: { state: reviewSchema.shape.state } },
    calibrated: { summary: 'The final rating of one Review was calibrated' },
    shared: { summary: 'One Review was shared with its subject', changes: { state: reviewSchema.shape.state } },
    acknowledged: { summary: 'The subject has acknowledged one Review', changes: { state: reviewSchema.shape.state } },
    due_soon: { summary: 'One Review is to be submitted within days' },
    overdue: { summary: 'The last day of one Review has passed' },
  },
  table: reviews,
  scopes: { read: 'review:read', write: 'review:write' },
  visible: reviewVisible,
  sightOf: reviewSightOf,
  audited: { needs: ['subjectId'], isFor: (row, actor) => row['subjectId'] !== actor.userId },
  derived: {
    answers: draft('answers', []),
    rating: draft('rating', null),
    summary: draft('summary', null),
    finalRating: outcome('finalRating'),
    calibration: outcome('calibration'),
    goalSnapshot: {
      needs: ['goalSnapshotSha256', 'goalSnapshotAt'],
      of: ({ goalSnapshotSha256: sha256, goalSnapshotAt: takenAt }) => (sha256 === null ? null : { sha256, takenAt }),
    },
  },
  filters: ['externalId', 'reviewCycleId', 'subjectId', 'reviewerId', 'relationship', 'state'],
  sorts: ['dueOn', 'submittedAt'],
  judgeList: ({ sort }) => {
    const ranks = sort.find((key) => key === 'rating' || key === 'finalRating')
    if (ranks) throw new Problem('people_are_not_ranked', `No list is sorted by ${ranks}`)
  },
  belongsTo: {
    reviewCycle: { key: 'reviewCycleId', to: () => reviewCycle },
    subject: { key: 'subjectId', to: () => user },
    reviewer: { key: 'reviewerId', to: () => user },
  },
})
