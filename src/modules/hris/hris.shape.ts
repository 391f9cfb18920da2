import type { z } from 'zod'
import { meanRating } from '../../scoring/index.ts'
import type { reviewCycles } from '../review-cycles/review-cycle.table.ts'
import type { ReviewForm } from '../review-templates/review-template.table.ts'
import { labelled } from '../reviews/review.rating.ts'
import type { ReviewAnswer } from '../reviews/review.table.ts'
import type { ReviewWithCycle } from './hris.queries.ts'
import type { performanceReview, performanceReviewCycle } from './hris.schema.ts'

type ReviewCycle = typeof reviewCycles.$inferSelect

const answersOf = (form: ReviewForm | null, answers: readonly ReviewAnswer[]) => {
  const asked = new Map(
    form?.sections.flatMap(({ title, questions }) => questions.map(({ key, text }) => [key, { title, text }] as const)),
  )
  return answers.map(({ questionKey, rating, text }) => ({
    questionKey,
    question: asked.get(questionKey)?.text ?? '',
    section: asked.get(questionKey)?.title ?? '',
    rating,
    text,
  }))
}

const competenciesOf = (form: ReviewForm | null, answers: readonly ReviewAnswer[]) => {
  if (!form) return []
  const given = new Map(answers.map(({ questionKey, rating }) => [questionKey, rating?.value]))
  return form.sections
    .filter(({ kind }) => kind === 'competency')
    .map(({ key, title, questions }) => {
      const values = questions.flatMap((question) => given.get(question.key) ?? [])
      return { key, name: title, rating: labelled(form.scale, meanRating(values)) }
    })
}

/** A review in the shape HR systems exchange. */
export const asPerformanceReview = (row: ReviewWithCycle): z.output<typeof performanceReview> => {
  const { cycle, subjectId, state, summary, sharedAt, answers, ...rest } = row
  const { form, templateId, startsOn, endsOn, state: stage, ...ofCycle } = cycle
  return {
    ...rest,
    revieweeId: subjectId,
    cycle: { ...ofCycle, periodStart: startsOn, periodEnd: endsOn, stage },
    templateId,
    status: state,
    ratingOptions: form?.scale.points ?? null,
    summaryComment: summary,
    answers: answersOf(form, answers),
    competencies: competenciesOf(form, answers),
    isAcknowledged: state === 'acknowledged',
    completedAt: sharedAt,
  }
}

/** A review cycle in the shape HR systems exchange. */
export const asPerformanceReviewCycle = (row: ReviewCycle): z.output<typeof performanceReviewCycle> => {
  const { startsOn, endsOn, state, form, ...rest } = row
  return {
    ...rest,
    periodStart: startsOn,
    periodEnd: endsOn,
    stage: state,
    ratingOptions: form?.scale.points ?? null,
  }
}
