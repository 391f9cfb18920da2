import { z } from 'zod'
import { day, id, ratio } from '../../api/fields.ts'

const type = z.enum(['objective', 'key_result', 'initiative']).meta({ id: 'GoalType' })

export const hiddenSchema = z
  .strictObject({ count: z.int(), weight: z.number(), contribution: z.number() })
  .meta({ id: 'HiddenItems', description: 'What the reader may not see, merged, so that the sum still holds.' })

const item = z
  .strictObject({
    type,
    id,
    weight: z.number(),
    effectiveWeight: ratio.meta({ description: 'Its weight over that of all counted items.' }),
    progress: ratio,
    contribution: ratio.meta({ description: 'Its part of the progress above; all of them sum to it.' }),
    sha256: z.string().nullable().meta({ description: 'Of the frozen explanation of the item, as hashed above it.' }),
    get explanation(): z.ZodNullable<typeof explanationSchema> {
      return explanationSchema.nullable()
    },
  })
  .meta({ id: 'ExplainedItem' })

const excluded = z
  .strictObject({ type, id, weight: z.number(), reason: z.string() })
  .meta({ id: 'ExcludedItem', description: 'An item that is not counted, with the first reason that holds.' })

/** One level; the levels below hang on its items. */
const explanationSchema = z
  .strictObject({
    type,
    id,
    formula: z.string(),
    inputs: z.record(z.string(), z.unknown()).meta({ description: 'The numbers the formula takes.' }),
    attainment: z.number().nullable(),
    progress: ratio.nullable(),
    progressAsStarted: ratio.nullable().meta({
      description: 'The same readings against the definitions as of the first reading, cancelled items as 0.',
    }),
    reason: z.string().nullable(),
    coverage: ratio.nullable(),
    expectedProgress: ratio.nullable(),
    gap: z.number().nullable(),
    items: z.array(item),
    excluded: z.array(excluded),
    hidden: hiddenSchema,
    scoringVersion: z.int(),
    explainedOn: day.meta({ description: 'The day it speaks of: today, or the day it was frozen.' }),
    sha256: z.string().nullable().meta({
      description:
        'Of a frozen one: SHA-256 over the RFC 8785 JSON of this level without `hidden` and `sha256`, items with the hash of theirs instead of `explanation`.',
    }),
  })
  .meta({ id: 'Explanation', description: 'How a number came about: inputs, formula, items.' })

export const explanationAnswer = explanationSchema
  .extend({
    truncated: z.boolean().meta({ description: 'More than 5,000 nodes: some levels were left out.' }),
  })
  .strict()
  .meta({ id: 'ExplanationAnswer', description: 'The explanation of one goal, down to the depth asked for.' })

export type ExplanationNode = z.output<typeof explanationSchema>
export type ExplanationItem = z.output<typeof item>
