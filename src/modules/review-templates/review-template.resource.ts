import { z } from 'zod'
import { base, name, text, weight } from '../../api/fields.ts'
import { inputsOf, optional, required } from '../../api/inputs.ts'
import { resource } from '../../api/resource.ts'
import { relationships, reviewTemplates, sectionKinds } from './review-template.table.ts'

export const relationship = z
  .enum(relationships)
  .meta({ id: 'ReviewRelationship', description: 'Who the reviewer is to the subject; upward is a report of theirs.' })

const key = z.string().trim().min(1).max(100)
/** A value of a rating scale. */
export const ratingValue = z.number().min(-1_000).max(1_000)

const scale = z
  .strictObject({
    name,
    points: z
      .array(z.strictObject({ value: ratingValue, label: name }).meta({ id: 'ScalePoint' }))
      .min(2)
      .max(21)
      .meta({ description: 'From the lowest value to the highest.' }),
  })
  .meta({ id: 'RatingScale', description: 'The only values a rating may be given.' })

const questionKind = { key, text: text.min(1) }
const sectionKind = { key, title: name, kind: z.enum(sectionKinds).meta({ id: 'ReviewSectionKind' }) }

const section = z
  .strictObject({
    ...sectionKind,
    weight: weight.meta({ description: 'Of its ratings in the rating of one review.' }),
    relationships: z.array(relationship).min(1).max(4).meta({ description: 'Whose reviews ask it.' }),
    questions: z
      .array(z.strictObject({ ...questionKind, required: z.boolean() }).meta({ id: 'ReviewQuestion' }))
      .min(1)
      .max(50),
  })
  .meta({ id: 'ReviewSection', description: 'Questions of one kind; free text is answered in words only.' })

const sectionInput = z
  .strictObject({
    ...sectionKind,
    weight: weight.default(1),
    relationships: z
      .array(relationship)
      .min(1)
      .max(4)
      .default([...relationships]),
    questions: z
      .array(
        z.strictObject({ ...questionKind, required: z.boolean().default(false) }).meta({ id: 'ReviewQuestionInput' }),
      )
      .min(1)
      .max(50),
  })
  .meta({ id: 'ReviewSectionInput' })

const weights = z
  .strictObject({ self: weight, manager: weight, peer: weight, upward: weight, goals: weight })
  .meta({ id: 'RatingWeights', description: 'Of each part of the final rating; 0 leaves it out.' })

/** Goals inform a review; they decide of it only where the template says so. */
export const defaultWeights = { self: 0, manager: 1, peer: 1, upward: 1, goals: 0 }

const form = { scale, sections: z.array(section).min(1).max(30), weights }

/** As it was when the cycle was launched: a template may change, what was asked does not. */
export const reviewForm = z
  .strictObject(form)
  .meta({ id: 'ReviewForm', description: 'What the reviews of a cycle ask, and how they are rated.' })

export const reviewTemplateSchema = z
  .strictObject({
    ...base,
    name,
    description: text.nullable(),
    ...form,
    finalFormula: z.enum(['weighted_mean']).meta({
      id: 'FinalFormula',
      description: 'Σ w·r ÷ Σ w over the parts that have a value.',
    }),
  })
  .meta({
    id: 'ReviewTemplate',
    description: 'What reviews ask, the scale they are rated on, and what weighs how much.',
  })

const sections = z.array(sectionInput).min(1).max(30)
const someWeights = weights.partial().strict().meta({ id: 'RatingWeightsPatch' })

export const reviewTemplateInputs = inputsOf(
  reviewTemplateSchema,
  { externalId: null, name: required, description: null, scale: required, sections: required, weights: optional },
  {
    create: { sections, weights: someWeights.optional() },
    update: { sections, weights: someWeights },
  },
)

export const reviewTemplate = resource({
  name: 'ReviewTemplate',
  path: 'review-templates',
  type: 'review_template',
  schema: reviewTemplateSchema,
  table: reviewTemplates,
  scopes: { read: 'review:read', write: 'review:write' },
  visible: () => undefined,
  derived: { finalFormula: { needs: [], of: () => 'weighted_mean' } },
  filters: ['externalId'],
  sorts: ['name'],
  search: ['name', 'description'],
})
