import type { Pool } from 'pg'
import { query } from '../db/statement.ts'
import { type Database, openTransaction } from '../db/transaction.ts'
import { byCommandLine, noteCommand } from '../modules/organization/organization.create.ts'

export type KeyLine = {
  id: string
  name: string
  role: string
  scopes: string[]
  expiresAt: string | null
  lastUsedAt: string | null
  createdAt: string
}

const inTransaction = async <T>(
  pool: Pool,
  organizationId: string,
  mode: 'write' | 'snapshot',
  work: (db: Database) => Promise<T>,
): Promise<T> => {
  const transaction = await openTransaction(pool, organizationId, mode)
  try {
    const result = await work(transaction.db)
    await transaction.commit()
    return result
  } catch (error) {
    await transaction.rollback()
    throw error
  }
}

/** Throws where there is no such organization: a key for nobody would be stored and never work. */
export const requireOrganization = async (pool: Pool, organizationId: string): Promise<void> => {
  const { rows } = await pool.query('select 1 from tenants where id = $1', [organizationId])
  if (rows.length === 0) throw new Error(`There is no organization ${organizationId}.`)
}

/** The live keys of an organization, oldest first. */
export const listKeys = (pool: Pool, organizationId: string): Promise<KeyLine[]> =>
  inTransaction(pool, organizationId, 'snapshot', (db) =>
    query<KeyLine>(
      db,
      'cli_keys',
      `select id, name, role, scopes, expires_at as "expiresAt", last_used_at as "lastUsedAt", created_at as "createdAt"
       from api_keys where tenant_id = $1 and deleted_at is null order by created_at, id`,
      [organizationId],
    ),
  )

/** Takes a key out of use. Throws when there is no such live key. */
export const revokeKey = (
  pool: Pool,
  organizationId: string,
  id: string,
  now: Date,
): Promise<{ id: string; revokedAt: string }> =>
  inTransaction(pool, organizationId, 'write', async (db) => {
    const revokedAt = now.toISOString()
    const rows = await query(
      db,
      'cli_key_revoke',
      `update api_keys set deleted_at = $3, updated_at = $3, version = version + 1
       where tenant_id = $1 and id = $2 and deleted_at is null returning id`,
      [organizationId, id, revokedAt],
    )
    if (rows.length === 0) throw new Error(`The organization has no key ${id}, or it is revoked already.`)
    const writer = byCommandLine(db, organizationId, revokedAt)
    await noteCommand(writer, 'deleteApiKey', { id }, [{ type: 'api_key.deleted', id }])
    return { id, revokedAt }
  })
