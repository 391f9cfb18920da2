import { createHash, timingSafeEqual } from 'node:crypto'
import type { Pool } from 'pg'
import type { Clock } from '../api/clock.ts'
import type { Organization } from '../api/operation.ts'
import { Problem } from '../api/problem.ts'
import { query } from '../db/statement.ts'
import { openTransaction } from '../db/transaction.ts'
import type { Actor, Role, Scope } from './actor.ts'
import { parseApiKey } from './api-key.ts'
import type { Claims } from './claims.ts'

/** A proven caller and what their organization has decided. */
export type Session = { actor: Actor; organization: Organization }

/** A session, and when its credential ends by itself: milliseconds, Infinity for never. */
type Proven = { session: Session; endsAt: number }

export type Authenticate = {
  /** @throws Problem `unauthenticated` for anything but a valid credential */
  (authorization: string | undefined): Promise<Session>
  /** Forgets what is remembered of a tenant's credentials, after one of them changed. */
  forget: (tenantId: string) => void
}

/** A revoked key or a suspended person is refused by other nodes after this long at the latest; here at once. */
const rememberMilliseconds = 10_000
const rememberAtMost = 10_000
const lastUsedMilliseconds = 60_000

type Remembered = { session: Session; until: number }

/** Checks bearer credentials: API keys by their hash, other tokens by `verifyJwt`, if an issuer is configured. */
export const authenticator = (options: {
  pool: Pool
  clock: Clock
  verifyJwt?: ((token: string) => Promise<Claims>) | undefined
}): Authenticate => {
  const { pool, clock, verifyJwt } = options
  const remembered = new Map<string, Remembered>()

  const lookUp = async (token: string): Promise<Proven> => {
    const key = parseApiKey(token)
    if (key) return findKey(pool, clock, key)
    if (!verifyJwt) throw new Problem('unauthenticated', 'The credential is not an API key of this service')
    return { session: await findPerson(pool, await verifyJwt(token)), endsAt: expiryOf(token) }
  }

  const authenticate = async (authorization: string | undefined): Promise<Session> => {
    const [, token] = /^Bearer +(\S+)$/i.exec(authorization ?? '') ?? []
    if (!token) throw new Problem('unauthenticated', 'Send Authorization: Bearer, with an API key or a token')
    const digest = createHash('sha256').update(token).digest('base64')
    const known = remembered.get(digest)
    if (known && known.until > clock().getTime()) return known.session
    const { session, endsAt } = await lookUp(token)
    // A Map keeps the order of insertion, so its first entries are the oldest.
    if (remembered.size >= rememberAtMost)
      for (const oldest of [...remembered.keys()].slice(0, rememberAtMost / 10)) remembered.delete(oldest)
    remembered.delete(digest)
    remembered.set(digest, { session, until: Math.min(clock().getTime() + rememberMilliseconds, endsAt) })
    return session
  }

  return Object.assign(authenticate, {
    forget: (tenantId: string) => {
      for (const [digest, { session }] of remembered) if (session.actor.tenantId === tenantId) remembered.delete(digest)
    },
  })
}

/** When a verified JWT ends. */
const expiryOf = (token: string): number => {
  const [, payload] = token.split('.')
  if (!payload) return Infinity
  const { exp } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { exp?: number }
  return exp === undefined ? Infinity : exp * 1_000
}

/** One statement in the tenant the credential names: row-level security holds even here. */
const inTenant = async <R extends object>(
  pool: Pool,
  tenantId: string,
  name: string,
  text: string,
  values: unknown[],
): Promise<R | undefined> => {
  const transaction = await openTransaction(pool, tenantId, 'single')
  try {
    const [row] = await query<R>(transaction.db, name, text, values)
    await transaction.commit()
    return row
  } catch (error) {
    await transaction.rollback()
    throw error
  }
}

type KeyRow = {
  secretHash: string
  role: Role
  scopes: Scope[]
  expiresAt: string | null
  lastUsedAt: string | null
  timeZone: string
  secret: string
}

const findKey = async (
  pool: Pool,
  clock: Clock,
  { tenantId, id, secretHash }: { tenantId: string; id: string; secretHash: string },
): Promise<Proven> => {
  const row = await inTenant<KeyRow>(
    pool,
    tenantId,
    'api_key_with_organization',
    `select k.secret_hash as "secretHash", k.role, k.scopes, k.expires_at as "expiresAt", k.last_used_at as "lastUsedAt", g.time_zone as "timeZone", g.secret
     from api_keys k join organizations g on g.tenant_id = $1 and g.id = $1
     where k.tenant_id = $1 and k.id = $2 and k.deleted_at is null`,
    [tenantId, id],
  )
  const now = clock().toISOString()
  if (!row || !timingSafeEqual(Buffer.from(row.secretHash), Buffer.from(secretHash)))
    throw new Problem('unauthenticated', 'The API key is not valid')
  if (row.expiresAt !== null && row.expiresAt <= now) throw new Problem('unauthenticated', 'The API key has expired')
  if (row.lastUsedAt === null || Date.parse(now) - Date.parse(row.lastUsedAt) > lastUsedMilliseconds)
    void markUsed(pool, tenantId, id, now)
  const actor: Actor = { kind: 'api_key', id, tenantId, userId: null, roles: [row.role], scopes: row.scopes }
  const organization = { id: tenantId, timeZone: row.timeZone, secret: row.secret }
  return { session: { actor, organization }, endsAt: row.expiresAt === null ? Infinity : Date.parse(row.expiresAt) }
}

/** Beside the request, because nobody waits for it; a failure loses a minute of precision. */
const markUsed = async (pool: Pool, tenantId: string, id: string, now: string): Promise<void> => {
  try {
    const { db, commit } = await openTransaction(pool, tenantId, 'write')
    void query(db, 'api_key_used', 'update api_keys set last_used_at = $3 where tenant_id = $1 and id = $2', [
      tenantId,
      id,
      now,
    ]).catch(() => {})
    await commit()
  } catch {
    // The next use tries again.
  }
}

type PersonRow = { id: string; active: boolean; roles: Role[]; timeZone: string; secret: string }

/** A token proves who somebody is at the issuer; whether they are somebody here, the directory says. */
const findPerson = async (pool: Pool, claims: Claims): Promise<Session> => {
  const { tenantId, userId, externalId, scopes } = claims
  const row = await inTenant<PersonRow>(
    pool,
    tenantId,
    'user_with_organization',
    `select u.id, u.active, u.roles, g.time_zone as "timeZone", g.secret
     from users u join organizations g on g.tenant_id = $1 and g.id = $1
     where u.tenant_id = $1 and (u.id = $2 or ($2::uuid is null and u.external_id = $3)) and u.deleted_at is null`,
    [tenantId, userId, externalId],
  )
  if (!row?.active) throw new Problem('unauthenticated', 'The token names nobody active in this organization')
  const roles = (claims.roles.length > 0 ? claims.roles : row.roles).filter((role) => role !== 'integration')
  return {
    actor: { kind: 'user', id: row.id, tenantId, userId: row.id, roles, scopes },
    organization: { id: tenantId, timeZone: row.timeZone, secret: row.secret },
  }
}
