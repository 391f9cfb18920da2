import type { Pool } from 'pg'
import { v7 } from 'uuid'
import { scopes } from '../../src/auth/actor.ts'
import { createApiKey } from '../../src/auth/api-key.ts'
import { query } from '../../src/db/statement.ts'
import { openTransaction } from '../../src/db/transaction.ts'
import type { Caller } from './app.ts'

/** A key nobody made: without event and audit entry, so that a new world holds what an organization begins with. */
export const machineKey = async (pool: Pool, organizationId: string): Promise<string> => {
  const id = v7()
  const { text, secretHash } = createApiKey(organizationId, id)
  const { db, commit } = await openTransaction(pool, organizationId, 'write')
  const granted = scopes.filter((scope) => scope !== 'admin')
  const columns = 'tenant_id, id, created_at, updated_at, name, secret_hash, role, scopes'
  const insert = `insert into api_keys (${columns}) values ($1, $2, now(), now(), 'Reviews', $3, 'integration', $4)`
  await query(db, undefined, insert, [organizationId, id, secretHash, granted])
  await commit()
  return text
}

const addressesOfReviews = /^\/v1\/(review|feedback|hr\/)|\/data-export$/
const fieldsOfReviews = /review|feedback/i

/** The first field a GraphQL document asks for. */
const rootOf = (query: string): string => /\{\s*(\w+)/.exec(query)?.[1] ?? ''

/** Administrators read no reviews: what is about reviews a world asks as the machine of an HR system would. */
export const withReviews = (administrator: Caller, machine: Caller): Caller => {
  const call = (method: string, url: string, body?: unknown, headers: Record<string, string> = {}) =>
    (addressesOfReviews.test(url) ? machine : administrator)(method, url, body, headers)
  return Object.assign(call, {
    id: administrator.id,
    graphql: (query: string, variables?: Record<string, unknown>) =>
      (fieldsOfReviews.test(rootOf(query)) ? machine : administrator).graphql(query, variables),
  })
}
