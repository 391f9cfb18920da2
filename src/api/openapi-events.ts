import type { z } from 'zod'
import { type EventType, eventSchema } from './event-types.ts'

const json = 'application/json'

/** The schemas the events refer to, by the names they have in the document. */
export const eventSchemasOf = (types: readonly EventType[]): Record<string, z.ZodType> => ({
  Event: eventSchema,
  ...Object.fromEntries(types.map(({ changes }) => [nameOf(changes), changes])),
})

/** The `webhooks` of the document: an event of each type, as the feed tells it too, in the envelope of Standard Webhooks. */
export const webhooksOf = (types: readonly EventType[]) =>
  Object.fromEntries(types.map((type) => [type.type, { post: webhookOf(type) }]))

const webhookOf = ({ type, subject, summary, changes }: EventType) => ({
  operationId: `on ${type}`.replaceAll(/[ ._](\w)/g, (_match, letter: string) => letter.toUpperCase()),
  summary,
  tags: ['Event'],
  requestBody: {
    required: true,
    content: {
      [json]: {
        schema: {
          type: 'object' as const,
          required: ['type', 'timestamp', 'data'],
          properties: {
            type: { const: type },
            timestamp: { type: 'string' as const, format: 'date-time', description: 'When it happened.' },
            data: {
              allOf: [
                { $ref: '#/components/schemas/Event' },
                {
                  type: 'object' as const,
                  properties: {
                    type: { const: type },
                    subject: { type: 'object' as const, properties: { type: { const: subject.type } } },
                    changes: { $ref: `#/components/schemas/${nameOf(changes)}` },
                  },
                },
              ],
            },
          },
        },
      },
    },
  },
  responses: { '2XX': { description: 'Taken; anything else is tried again' } },
})

const nameOf = (schema: z.ZodType): string => schema.meta()?.id as string
