import type { Role } from '../../src/auth/actor.ts'

const keepers: readonly Role[] = ['admin', 'integration']
/** Another's endpoint: for everybody but an administrator it does not exist. */
const others = { may: ['admin'] as readonly Role[], otherwise: 'not_found' as const }
const own = { may: keepers, otherwise: 'forbidden' as const }

export const webhookMatrix = {
  webhookEndpoints: own,
  createWebhookEndpoint: own,
  webhookEndpoint: others,
  updateWebhookEndpoint: others,
  deleteWebhookEndpoint: others,
  rotateWebhookEndpointSecret: others,
  testWebhookEndpoint: others,
  webhookDeliveries: own,
  webhookDelivery: others,
  redeliverWebhookDelivery: others,
}
