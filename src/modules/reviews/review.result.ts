import { z } from 'zod'
import { id, text } from '../../api/fields.ts'
import type { Context } from '../../api/operation.ts'
import { Problem } from '../../api/problem.ts'
import { meanRating } from '../../scoring/index.ts'
import { formOf } from '../review-cycles/review-cycle.queries.ts'
import type { ReviewForm } from '../review-templates/review-template.table.ts'
import { fewestRespondents, isRecord, type Part, partsOf, type Said, saidOf } from './review.final.ts'
import { labelled } from './review.rating.ts'
import { rating } from './review.resource.ts'
import type { reviews } from './review.table.ts'

type Review = typeof reviews.$inferSelect

const part = z
  .strictObject({
    part: z.enum(['self', 'manager', 'peer', 'upward', 'goals']).meta({ id: 'RatingPart' }),
    weight: z.number(),
    rating: rating.nullable().meta({ description: 'Null where there is none: then it is left out, never 0.' }),
    respondents: z.int().nullable(),
    withheld: z.boolean().meta({ description: 'Fewer than three respondents: neither shown nor counted.' }),
  })
  .meta({ id: 'FinalRatingPart' })

const voices = z
  .strictObject({
    relationship: z.enum(['peer', 'upward']).meta({ id: 'AnonymousRelationship' }),
    respondents: z.int(),
    answers: z.array(
      z
        .strictObject({ questionKey: z.string(), rating: rating.nullable(), texts: z.array(text) })
        .meta({ id: 'GatheredAnswer' }),
    ),
    summaries: z.array(text),
  })
  .meta({ id: 'GatheredVoices', description: 'What peers or reports said, without names, in no telling order.' })

export const reviewResult = z
  .strictObject({
    reviewId: id,
    reviewCycleId: id,
    subjectId: id,
    finalRating: rating.nullable(),
    parts: z.array(part),
    voices: z.array(voices),
  })
  .meta({ id: 'ReviewResult', description: 'What the final rating of a person is made of.' })

/** Sorted, because the order in which answers came would tell who gave them. */
const inNoTellingOrder = (texts: (string | null)[]): string[] => texts.filter((each) => each !== null).toSorted()

/** What fewer have said is not told at all: who answered is known, so one could work out whose words they are. */
const fromEnough = <T>(said: T[]): T[] => (said.length < fewestRespondents ? [] : said)

const gathered = (form: ReviewForm, said: readonly Said[], relationship: 'peer' | 'upward') => {
  const given = said.filter((each) => each.relationship === relationship)
  if (given.length < fewestRespondents) return []
  const answers = given.flatMap((each) => each.answers)
  const questions = form.sections.flatMap((section) => section.questions)
  return [
    {
      relationship,
      respondents: given.length,
      answers: questions.flatMap(({ key }) => {
        const to = answers.filter(({ questionKey }) => questionKey === key)
        const ratings = fromEnough(to.flatMap((each) => each.rating?.value ?? []))
        const texts = fromEnough(inNoTellingOrder(to.map((each) => each.text)))
        if (ratings.length === 0 && texts.length === 0) return []
        return [
          {
            questionKey: key,
            rating: labelled(form.scale, meanRating(ratings)),
            texts,
          },
        ]
      }),
      summaries: fromEnough(inNoTellingOrder(given.map(({ summary }) => summary))),
    },
  ]
}

/** The outcome that a review carries. Throws 404 for a review that carries none. */
export const resultOf = async (
  ctx: Context,
  { id: reviewId, reviewCycleId, subjectId, finalRating }: Review,
): Promise<z.output<typeof reviewResult>> => {
  const form = await formOf(ctx, reviewCycleId)
  const said = await saidOf(ctx, reviewCycleId, subjectId)
  if (!form || !isRecord(said, reviewId)) throw new Problem('not_found', 'This review carries no outcome')
  const parts: Part[] = await partsOf(ctx, form, said)
  return {
    reviewId,
    reviewCycleId,
    subjectId,
    finalRating,
    parts,
    voices: (['peer', 'upward'] as const).flatMap((each) => gathered(form, said, each)),
  }
}
