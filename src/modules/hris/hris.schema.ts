import { z } from 'zod'
import { day, externalId, id, instant, name, text } from '../../api/fields.ts'
import { externalRefs, reviewCycleSchema } from '../review-cycles/review-cycle.resource.ts'
import { ratingValue, relationship, reviewForm } from '../review-templates/review-template.resource.ts'
import { rating, reviewSchema } from '../reviews/review.resource.ts'

const { state: stage, deadlines } = reviewCycleSchema.shape
const { state: status } = reviewSchema.shape
const { points } = reviewForm.shape.scale.shape

const cycle = z
  .strictObject({ id, externalId, externalRefs, name, periodStart: day, periodEnd: day, stage })
  .meta({ id: 'PerformanceReviewCycleRef' })

const answer = z
  .strictObject({
    questionKey: z.string(),
    question: z.string(),
    section: z.string(),
    rating: rating.nullable(),
    text: text.nullable(),
  })
  .meta({ id: 'PerformanceReviewAnswer' })

const competency = z
  .strictObject({ key: z.string(), name: z.string(), rating: rating.nullable() })
  .meta({ id: 'PerformanceReviewCompetency', description: 'A section of competencies, and the mean of its ratings.' })

/** The union of what HR systems carry of a review; names are theirs where most of them agree. */
export const performanceReview = z
  .strictObject({
    id,
    externalId,
    externalRefs,
    revieweeId: id,
    reviewerId: id,
    relationship,
    cycle,
    templateId: id,
    status,
    rating: rating.nullable().meta({ description: 'Of this review.' }),
    finalRating: rating.nullable().meta({ description: 'Of the reviewee in the cycle.' }),
    ratingOptions: points.nullable().meta({ description: 'The values of the scale, from the lowest to the highest.' }),
    summaryComment: text.nullable(),
    answers: z.array(answer),
    competencies: z.array(competency),
    isAcknowledged: z.boolean(),
    dueOn: day.nullable(),
    submittedAt: instant.nullable(),
    completedAt: instant.nullable().meta({ description: 'When it was shared with the reviewee.' }),
    acknowledgedAt: instant.nullable(),
    createdAt: instant,
    updatedAt: instant.meta({ description: 'Of the review or its cycle, whichever changed last.' }),
    deletedAt: instant.nullable(),
  })
  .meta({ id: 'PerformanceReview', description: 'A review in the shape HR systems exchange.' })

export const performanceReviewCycle = z
  .strictObject({
    id,
    externalId,
    externalRefs,
    name,
    description: text.nullable(),
    periodStart: day,
    periodEnd: day,
    stage,
    templateId: id,
    deadlines,
    ratingOptions: points.nullable(),
    launchedAt: instant.nullable(),
    closedAt: instant.nullable(),
    createdAt: instant,
    updatedAt: instant,
    deletedAt: instant.nullable(),
  })
  .meta({ id: 'PerformanceReviewCycle', description: 'A review cycle in the shape HR systems exchange.' })

/** What an HR system writes back; what is left out stays. */
export const performanceReviewInput = z
  .strictObject({
    rating: ratingValue.nullable().meta({ description: 'Of this review, until it is shared.' }),
    summaryComment: text.nullable(),
    finalRating: ratingValue.meta({ description: 'Of the reviewee: a calibration made there. Needs `reason`.' }),
    reason: text.trim().min(1),
  })
  .partial()
  .meta({ id: 'PerformanceReviewInput' })
