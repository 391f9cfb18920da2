import { Problem } from '../api/problem.ts'
import { type Role, roles, type Scope, scopes } from './actor.ts'

/** What a token says of its bearer. One of `userId` and `externalId` is there at least. */
export type Claims = {
  tenantId: string
  userId: string | null
  /** The person's id at the issuer. */
  externalId: string | null
  roles: Role[]
  scopes: Scope[]
}

/** Where in the token each is found: a claim's name, or a path of names with dots (`realm_access.roles`). */
export type ClaimNames = { tenant: string; user: string; subject: string; roles: string; scopes: string }

const defaults: ClaimNames = {
  tenant: 'tenant',
  user: 'user_id',
  subject: 'sub',
  roles: 'roles',
  scopes: 'scope',
}

/**
 * Reads the claims of a token already verified. Roles and scopes are lists, or text divided by spaces (RFC 8693 §4.2);
 * names not known here belong to other services and are skipped. Throws `unauthenticated` when nobody is named.
 */
export const mapClaims = (payload: Record<string, unknown>, configured: Partial<ClaimNames> = {}): Claims => {
  const names = { ...defaults, ...configured }
  const tenantId = textAt(payload, names.tenant)
  const userId = textAt(payload, names.user)
  const externalId = textAt(payload, names.subject)
  if (!isUuid(tenantId))
    throw new Problem('unauthenticated', `The token's claim "${names.tenant}" names no organization`)
  if (userId !== null && !isUuid(userId)) {
    throw new Problem('unauthenticated', `The token's claim "${names.user}" is not an id of ours`)
  }
  if (userId === null && externalId === null) throw new Problem('unauthenticated', 'The token names nobody')
  return {
    tenantId,
    userId,
    externalId,
    roles: knownAt(payload, names.roles, roles),
    scopes: knownAt(payload, names.scopes, scopes),
  }
}

const isUuid = (text: string | null): text is string =>
  text !== null && /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text)

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined

// The whole name comes first: namespaced claims are addresses (`https://example.com/tenant`) and hold dots themselves.
const claimAt = (payload: Record<string, unknown>, name: string): unknown =>
  member(payload, name) ?? name.split('.').reduce<unknown>(member, payload)

const textAt = (payload: Record<string, unknown>, name: string): string | null => {
  const claim = claimAt(payload, name)
  return typeof claim === 'string' && claim !== '' ? claim : null
}

const knownAt = <T extends string>(payload: Record<string, unknown>, name: string, known: readonly T[]): T[] => {
  const claim = claimAt(payload, name)
  const words: unknown[] = typeof claim === 'string' ? claim.split(/\s+/) : Array.isArray(claim) ? claim : []
  return known.filter((word) => words.includes(word))
}
