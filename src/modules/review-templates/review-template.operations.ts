import { inputProblem } from '../../api/problem.ts'
import { reads } from '../../api/reads.ts'
import type { Row } from '../../api/store.ts'
import { writes } from '../../api/writes.ts'
import { dependentsOf } from '../directory/directory.queries.ts'
import { runsReviews } from '../reviews/review.rules.ts'
import { defaultWeights, reviewTemplate, reviewTemplateInputs } from './review-template.resource.ts'
import type { ReviewForm, reviewTemplates } from './review-template.table.ts'

type ReviewTemplate = typeof reviewTemplates.$inferSelect

/** Values of a scale rise, and keys of sections and questions are each there once. Throws 422. */
const judgeForm = ({ scale: { points }, sections }: ReviewForm): void => {
  const falling = points.findIndex(({ value }, at) => at > 0 && value <= (points[at - 1]?.value ?? -Infinity))
  if (falling > 0)
    throw inputProblem('invalid_input', `/scale/points/${falling}/value`, 'values rise from the lowest to the highest')
  const seen = new Set<string>()
  const requireNew = (kind: string, key: string, pointer: string): void => {
    if (seen.has(`${kind} ${key}`)) throw inputProblem('invalid_input', pointer, 'the key stands twice')
    seen.add(`${kind} ${key}`)
  }
  for (const [at, { key, questions }] of sections.entries()) {
    requireNew('section', key, `/sections/${at}/key`)
    for (const [nth, question] of questions.entries())
      requireNew('question', question.key, `/sections/${at}/questions/${nth}/key`)
  }
}

const weightsOf = (input: Row, before: ReviewTemplate | null): Row =>
  before === null || 'weights' in input
    ? { weights: { ...defaultWeights, ...(input['weights'] as object | undefined) } }
    : {}

export const reviewTemplateOperations = [
  ...reads(reviewTemplate),
  ...writes<ReviewTemplate>({
    resource: reviewTemplate,
    create: { input: reviewTemplateInputs.create, allow: runsReviews },
    update: { input: reviewTemplateInputs.update, allow: runsReviews },
    delete: {
      allow: runsReviews,
      dependents: (ctx, ids) => dependentsOf(ctx, ids, ['review_cycles.template_id']),
    },
    toRow: weightsOf,
    judge: (_ctx, { after }) => judgeForm(after),
  }),
]
