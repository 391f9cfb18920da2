import { randomBytes } from 'node:crypto'

/** A signing secret as Standard Webhooks has it: `whsec_` and 32 random bytes in base64. */
export const newSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`

/** For so long after a rotation deliveries carry the signatures of both secrets. */
export const bothSecretsMilliseconds = 24 * 3_600_000
