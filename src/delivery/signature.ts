import { createHmac } from 'node:crypto'

/**
 * The headers Standard Webhooks asks for. One signature per secret, separated by spaces: during a rotation both are
 * valid. `at` in milliseconds; the timestamp is of the attempt, so that a recorded request cannot be sent again later.
 */
export const signedHeaders = (
  secrets: readonly string[],
  message: { id: string; at: number; body: string },
): Record<string, string> => {
  const timestamp = String(Math.floor(message.at / 1_000))
  const signed = `${message.id}.${timestamp}.${message.body}`
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
    return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`
  })
  return { 'webhook-id': message.id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') }
}
