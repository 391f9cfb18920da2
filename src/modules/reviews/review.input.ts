import { z } from 'zod'
import { text } from '../../api/fields.ts'
import { inputsOf, optional, required } from '../../api/inputs.ts'
import type { Context } from '../../api/operation.ts'
import { inputProblem } from '../../api/problem.ts'
import type { Row } from '../../api/store.ts'
import { heldCycle } from '../review-cycles/review-cycle.queries.ts'
import type { Deadlines } from '../review-cycles/review-cycle.table.ts'
import { ratingValue } from '../review-templates/review-template.resource.ts'
import type { Relationship, ReviewForm } from '../review-templates/review-template.table.ts'
import { ratingOf } from './review.rating.ts'
import { reviewSchema } from './review.resource.ts'
import type { ReviewAnswer, reviews } from './review.table.ts'

type Review = typeof reviews.$inferSelect

const answerInput = z
  .strictObject({
    questionKey: z.string().min(1).max(100),
    rating: ratingValue.nullable().default(null),
    text: text.nullable().default(null),
  })
  .meta({ id: 'ReviewAnswerInput' })
type AnswerInput = z.output<typeof answerInput>

export const reviewInputs = inputsOf(
  reviewSchema,
  {
    externalId: null,
    reviewCycleId: required,
    subjectId: required,
    relationship: required,
    reviewerId: required,
    dueOn: optional,
    externalRefs: [],
  },
  {
    fixed: ['reviewCycleId', 'subjectId', 'relationship'],
    update: { answers: z.array(answerInput).max(200), rating: ratingValue.nullable(), summary: text.nullable() },
  },
)

/** Members that say something of the subject. */
export const contentOf = ['answers', 'rating', 'summary'] as const

const answersOf = (given: AnswerInput[], form: ReviewForm, relationship: Relationship): ReviewAnswer[] => {
  const asked = new Map(
    form.sections.flatMap((section) =>
      section.relationships.includes(relationship) ? section.questions.map(({ key }) => [key, section] as const) : [],
    ),
  )
  return given.map(({ questionKey, rating, text: words }, at) => {
    const section = asked.get(questionKey)
    if (!section) throw inputProblem('invalid_input', `/answers/${at}/questionKey`, 'is not asked in this review')
    if (given.findIndex((other) => other.questionKey === questionKey) < at)
      throw inputProblem('invalid_input', `/answers/${at}/questionKey`, 'is answered twice')
    if (rating !== null && section.kind === 'free_text')
      throw inputProblem('invalid_input', `/answers/${at}/rating`, 'is answered in words only')
    return { questionKey, rating: ratingOf(form.scale, rating, `/answers/${at}/rating`), text: words }
  })
}

/** What is stored for an input: ratings with their labels, a first state, the cycle's deadline where none is given. */
export const reviewRow = (input: Row, before: Review | null, ctx: Context): Row => {
  const cycle = heldCycle(ctx, (before?.reviewCycleId ?? input['reviewCycleId']) as string)
  if (before === null) {
    const dueOn = input['dueOn'] ?? (cycle?.deadlines as Deadlines | undefined)?.[input['relationship'] as Relationship]
    return { state: 'pending', answers: [], dueOn: dueOn ?? null }
  }
  const reminded = 'dueOn' in input && input['dueOn'] !== before.dueOn ? { reminded: null } : {}
  if (!contentOf.some((key) => key in input)) return reminded
  const { form } = cycle ?? {}
  if (!form) return reminded
  const { answers, rating } = input as { answers?: AnswerInput[]; rating?: number | null }
  return {
    ...reminded,
    ...(before.state === 'pending' ? { state: 'in_progress' } : {}),
    ...(answers ? { answers: answersOf(answers, form, before.relationship) } : {}),
    ...(rating === undefined ? {} : { rating: ratingOf(form.scale, rating, '/rating') }),
  }
}
