import { z } from 'zod'
import { id } from '../../api/fields.ts'
import { lockMany } from '../../api/find-many.ts'
import { newId } from '../../api/new-id.ts'
import { type Context, operation } from '../../api/operation.ts'
import { Problem } from '../../api/problem.ts'
import { findOne, reads } from '../../api/reads.ts'
import { present } from '../../api/select.ts'
import { insertRows, updateRows } from '../../api/store.ts'
import { hasRole } from '../../auth/rules.ts'
import { webhookEndpoint } from '../webhook-endpoints/webhook-endpoint.resource.ts'
import { bodyOf } from './webhook-delivery.body.ts'
import { webhookDelivery, webhookDeliverySchema } from './webhook-delivery.resource.ts'
import type { webhookDeliveries } from './webhook-delivery.table.ts'

type Delivery = typeof webhookDeliveries.$inferSelect

const keepsEndpoints = hasRole('admin', 'integration')
const common = {
  scope: 'webhook:write',
  input: z.strictObject({ id }),
  output: webhookDeliverySchema,
  returns: 'WebhookDelivery',
  allow: keepsEndpoints,
} as const

/** @throws Problem 409 `invalid_transition` */
const requireEnabled = (state: unknown): void => {
  if (state !== 'enabled') throw new Problem('invalid_transition', 'The endpoint is disabled; enable it first')
}

const test = async (ctx: Context, endpointId: string) => {
  const eventId = newId()
  const [row] = await insertRows(ctx, webhookDelivery, [
    {
      tenantId: ctx.actor.tenantId,
      id: newId(),
      externalId: null,
      version: 1,
      createdAt: ctx.now,
      updatedAt: ctx.now,
      deletedAt: null,
      endpointId,
      eventId,
      eventType: 'webhook_endpoint.tested',
      eventSeq: null,
      body: bodyOf({
        seq: null,
        id: eventId,
        type: 'webhook_endpoint.tested',
        occurredAt: ctx.now,
        actorId: ctx.actor.id,
        subject: { type: 'webhook_endpoint', id: endpointId },
        changes: {},
        cause: null,
      }),
      status: 'pending',
      attempts: [],
      attempt: 0,
      roundFrom: 0,
      nextAttemptAt: ctx.now,
      leasedUntil: null,
    },
  ])
  // In the feed it says who tested; it also wakes the senders.
  ctx.emit({ type: 'webhook_endpoint.tested', subject: { type: 'webhook_endpoint', id: endpointId } })
  return present(webhookDelivery, row ?? {}, ctx) as never
}

export const testWebhookEndpointOperation = operation({
  ...common,
  name: 'testWebhookEndpoint',
  summary: 'Send a test event to one WebhookEndpoint, whatever its filter',
  rest: 'POST /webhook-endpoints/:id/test',
  find: (ctx, input) => findOne(ctx, webhookEndpoint, input.id),
  run: (ctx, { id: endpointId }, endpoint) => {
    requireEnabled(endpoint['state'])
    return test(ctx, endpointId)
  },
})

export const webhookDeliveryOperations = [
  ...reads(webhookDelivery, keepsEndpoints),
  operation({
    ...common,
    name: 'redeliverWebhookDelivery',
    summary: 'Send one WebhookDelivery again, now, and by the whole retry schedule if need be',
    rest: 'POST /webhook-deliveries/:id/redeliver',
    status: 200,
    find: async (ctx, input) => (await lockMany(ctx, webhookDelivery, [input.id]))[0] as Delivery | undefined,
    run: async (ctx, _input, delivery) => {
      requireEnabled((await findOne(ctx, webhookEndpoint, delivery.endpointId))?.['state'])
      const again = { ...delivery, status: 'pending', nextAttemptAt: ctx.now, version: delivery.version + 1 }
      const keys = ['status', 'nextAttemptAt', 'roundFrom', 'version', 'updatedAt']
      const [row] = await updateRows(ctx, webhookDelivery, keys, [
        { ...again, roundFrom: delivery.attempt, updatedAt: ctx.now },
      ])
      ctx.emit({ type: 'webhook_delivery.redelivered', subject: { type: 'webhook_delivery', id: delivery.id } })
      return present(webhookDelivery, row ?? {}, ctx) as never
    },
  }),
]
