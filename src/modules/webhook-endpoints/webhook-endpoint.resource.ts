import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { base, id, instant, name } from '../../api/fields.ts'
import { inputsOf, required } from '../../api/inputs.ts'
import { resource } from '../../api/resource.ts'
import { disabledReasons, endpointStates, webhookEndpoints } from './webhook-endpoint.table.ts'

const eventType = z
  .string()
  .max(100)
  .regex(/^(\*|[a-z][a-z_]*\.(\*|[a-z][a-z_]*))$/)

export const webhookEndpointSchema = z
  .strictObject({
    ...base,
    url: z.string().trim().min(1).max(2_000).meta({ description: 'Where events are posted to; `https`, and public.' }),
    description: name.nullable(),
    eventTypes: z.array(eventType).min(1).max(100).meta({
      description:
        'Types of events, such as `objective.progress_changed`; `objective.*` is all of one subject, `*` all.',
    }),
    state: z.enum(endpointStates).meta({ id: 'WebhookEndpointState' }),
    disabledReason: z
      .enum(disabledReasons)
      .meta({
        id: 'WebhookDisabledReason',
        description:
          '`requested` by a caller, `gone` after an answer of 410, `failing` after five days without a success, `creator_gone` when who made it may no longer come.',
      })
      .nullable(),
    createdBy: id.meta({ description: 'The person or API key that made it; it hears of what they may see.' }),
    previousSecretUntil: instant.nullable().meta({ description: 'Until then deliveries carry two signatures.' }),
    failingSince: instant.nullable().meta({ description: 'Since when every attempt has failed.' }),
  })
  .meta({
    id: 'WebhookEndpoint',
    description: 'An address to which events are posted, signed as Standard Webhooks has it.',
  })

/** What callers may write, and what it is when left out of a create. */
export const webhookEndpointInputs = inputsOf(webhookEndpointSchema, {
  externalId: null,
  url: required,
  description: null,
  eventTypes: required,
  state: 'enabled',
})

/** An answer with the secret in it: given once, when it is made. */
export const withSecret = webhookEndpointSchema
  .extend({
    secret: z.string().nullable().meta({
      description: '`whsec_…`, with which deliveries are signed; null when a retry is answered again.',
    }),
  })
  .strict()
  .meta({ id: 'WebhookEndpointWithSecret', description: 'An endpoint, with its new secret.' })

/** Administrators see all; an integration its own. To everybody else there are none. */
export const webhookEndpoint = resource({
  name: 'WebhookEndpoint',
  path: 'webhook-endpoints',
  type: 'webhook_endpoint',
  schema: webhookEndpointSchema,
  table: webhookEndpoints,
  scopes: { read: 'webhook:read', write: 'webhook:write' },
  visible: (sight) => {
    if (sight === 'everything') return undefined
    return sight === 'shared' ? sql`webhook_endpoints.created_by = ${sql.placeholder('actorId')}` : sql`false`
  },
  events: {
    tested: { summary: 'A test event was asked for' },
    disabled: {
      summary: 'One WebhookEndpoint was disabled, because nothing could be delivered or who made it is gone',
      changes: { state: z.enum(endpointStates) },
    },
  },
  filters: ['externalId', 'state', 'createdBy', 'url'],
  sorts: ['url'],
})
