import { inputProblem } from '../../api/problem.ts'
import { meanRating, nearestPoint, weightedRating } from '../../scoring/index.ts'
import type { RatingScale, ReviewForm } from '../review-templates/review-template.table.ts'
import type { Rating, ReviewAnswer } from './review.table.ts'

/** The lowest and the highest value of a scale, whose values rise. */
export const endsOf = ({ points }: RatingScale): { lowest: number; highest: number } => ({
  lowest: points[0]?.value ?? 0,
  highest: points.at(-1)?.value ?? 0,
})

/** A rating somebody gives: one of the values of the scale. Throws 422 `rating_off_scale` at `pointer`. */
export const ratingOf = (scale: RatingScale, value: number | null, pointer: string): Rating | null => {
  if (value === null) return null
  if (!scale.points.some((point) => point.value === value)) {
    const values = scale.points.map((point) => point.value).join(', ')
    throw inputProblem('rating_off_scale', pointer, `${value} is not one of ${values}`)
  }
  return labelled(scale, value)
}

/** A rating that was computed: it may lie between two values, and is called what the nearest is called. */
export const labelled = (scale: RatingScale, value: number | null): Rating | null =>
  value === null
    ? null
    : { value, label: nearestPoint(scale.points, value)?.label ?? '', scale: { name: scale.name, ...endsOf(scale) } }

/** The rating of a whole review that follows from its answers: of each section the mean, weighted by the sections. */
export const ratingOfAnswers = ({ scale, sections }: ReviewForm, answers: readonly ReviewAnswer[]): Rating | null => {
  const given = new Map(answers.map(({ questionKey, rating }) => [questionKey, rating?.value]))
  const parts = sections.map(({ weight, questions }) => ({
    weight,
    value: meanRating(questions.flatMap(({ key }) => given.get(key) ?? [])),
  }))
  return labelled(scale, weightedRating(parts))
}
