import type { Caller } from './app.ts'

/** An address that may be named, and that nobody calls: no test of the API sends anything. */
export const webhookHints = { WebhookEndpoint: { url: 'https://example.com/hooks', eventTypes: ['*'] } }

/** What is not created but happens: a delivery comes from a test of an endpoint. */
export const webhookMakers = {
  WebhookDelivery: async (call: Caller) => {
    const endpoint = await call('POST', '/v1/webhook-endpoints', webhookHints.WebhookEndpoint)
    return call('POST', `/v1/webhook-endpoints/${endpoint.body.id}/test`)
  },
}
