import { createHash, randomBytes } from 'node:crypto'

/** The parts of `hw_<tenant>_<id>_<secret>`: it names its tenant, so that the look-up runs under row-level security. */
export type ApiKeyParts = { tenantId: string; id: string; secretHash: string }

const pattern = /^hw_([0-9a-f]{32})_([0-9a-f]{32})_([\w-]{43})$/

const compact = (uuid: string): string => uuid.replaceAll('-', '')
const dashed = (hex: string): string => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')

/** SHA-256, hex. The secret is 32 random bytes, so that a slow hash would protect nothing. */
export const hashSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex')

/** A new key: the text is shown once, the hash is stored. */
export const createApiKey = (tenantId: string, id: string): { text: string; secretHash: string } => {
  const secret = randomBytes(32).toString('base64url')
  return { text: `hw_${compact(tenantId)}_${compact(id)}_${secret}`, secretHash: hashSecret(secret) }
}

/** Undefined when the text has not the form of a key. */
export const parseApiKey = (text: string): ApiKeyParts | undefined => {
  const [, tenant, id, secret] = pattern.exec(text) ?? []
  return tenant && id && secret
    ? { tenantId: dashed(tenant), id: dashed(id), secretHash: hashSecret(secret) }
    : undefined
}
