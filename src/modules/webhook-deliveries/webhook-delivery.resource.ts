import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { base, id, instant } from '../../api/fields.ts'
import { resource } from '../../api/resource.ts'
import { webhookEndpoint } from '../webhook-endpoints/webhook-endpoint.resource.ts'
import { deliveryStatuses, webhookDeliveries } from './webhook-delivery.table.ts'

const attempt = z
  .strictObject({
    number: z.int(),
    at: instant.meta({ description: 'When it ended.' }),
    status: z.int().nullable().meta({ description: 'The HTTP status of the answer; null where none came.' }),
    durationMs: z.int(),
    excerpt: z.string().nullable().meta({ description: 'How the answer began.' }),
    error: z.string().nullable().meta({ description: 'Why no answer came, e.g. `TIMEOUT` or `ADDRESS_REFUSED`.' }),
  })
  .meta({ id: 'WebhookAttempt', description: 'One try to deliver.' })

export const webhookDeliverySchema = z
  .strictObject({
    ...base,
    endpointId: id,
    eventId: id.meta({ description: 'The header `webhook-id` of every attempt.' }),
    eventType: z.string(),
    eventSeq: z.int().nullable().meta({ description: 'Its place in the feed; null for a test event.' }),
    status: z.enum(deliveryStatuses).meta({ id: 'WebhookDeliveryStatus' }),
    attempts: z.array(attempt),
    nextAttemptAt: instant.nullable(),
  })
  .meta({ id: 'WebhookDelivery', description: 'One event on its way to one endpoint.' })

export const webhookDelivery = resource({
  name: 'WebhookDelivery',
  path: 'webhook-deliveries',
  type: 'webhook_delivery',
  schema: webhookDeliverySchema,
  table: webhookDeliveries,
  scopes: { read: 'webhook:read', write: 'webhook:write' },
  visible: (sight) => {
    if (sight === 'everything') return undefined
    return sight === 'shared'
      ? sql`exists (select from webhook_endpoints e where e.tenant_id = ${sql.placeholder('tenantId')}
          and e.id = webhook_deliveries.endpoint_id and e.created_by = ${sql.placeholder('actorId')} and e.deleted_at is null)`
      : sql`false`
  },
  events: { redelivered: { summary: 'One WebhookDelivery was asked for again' } },
  filters: ['endpointId', 'eventId', 'eventType', 'status'],
  sorts: ['eventSeq', 'nextAttemptAt'],
  belongsTo: { endpoint: { key: 'endpointId', to: () => webhookEndpoint, inverse: 'deliveries' } },
})
