import { randomBytes } from 'node:crypto'
import type { Pool } from 'pg'
import { digestOf, type Writer, writeJournal } from '../../api/journal.ts'
import { newId } from '../../api/new-id.ts'
import type { Role, Scope } from '../../auth/actor.ts'
import { createApiKey } from '../../auth/api-key.ts'
import { query } from '../../db/statement.ts'
import { type Database, openTransaction } from '../../db/transaction.ts'

export type NewOrganization = { name: string; timeZone?: string; weekStart?: number; fiscalYearStartMonth?: number }
export type NewKey = { name: string; role: Role; scopes: readonly Scope[]; expiresAt?: string | null }

/** Whoever has the database's credentials: no key or person of the organization, so the organization stands for them. */
export const byCommandLine = (db: Database, tenantId: string, now: string): Writer => ({
  db,
  now,
  actor: { kind: 'command_line', id: tenantId, tenantId },
})

const requestId = 'command line'

/** Notes and tells of a write outside the door, as the door would. */
export const noteCommand = (
  writer: Writer,
  operation: string,
  input: unknown,
  made: readonly { type: string; id: string }[],
): Promise<unknown> =>
  writeJournal(
    writer,
    made.map(({ type, id }) => ({ type, subject: { type: type.replace(/\..*/, ''), id } })),
    [{ operation, subjectIds: made.map(({ id }) => id), inputDigest: digestOf(operation, null, input), requestId }],
  )

/**
 * Creates a tenant with one admin key. The one act outside the door: before it there is nobody who could be asked who
 * they are. Runs as the serving role, inside the new tenant.
 */
export const createOrganization = async (
  pool: Pool,
  organization: NewOrganization,
  now: Date,
): Promise<{ organizationId: string; apiKey: string }> => {
  const organizationId = newId()
  const at = now.toISOString()
  const transaction = await openTransaction(pool, organizationId, 'write')
  try {
    const { db } = transaction
    await query(db, 'tenant_create', 'insert into tenants (id, created_at) values ($1, $2)', [organizationId, at])
    await query(
      db,
      'organization_create',
      `insert into organizations (tenant_id, id, name, time_zone, week_start, fiscal_year_start_month, default_cadence, default_visibility,
         policy, custom_fields, secret, created_at, updated_at)
       values ($1, $1, $2, $3, $4, $5, 'week', 'organization', '{}', '[]', $6, $7, $7)`,
      [
        organizationId,
        organization.name,
        organization.timeZone ?? 'UTC',
        organization.weekStart ?? 1,
        organization.fiscalYearStartMonth ?? 1,
        randomBytes(32).toString('base64url'),
        at,
      ],
    )
    const key: NewKey = { name: 'First administrator', role: 'admin', scopes: ['admin'] }
    const { id, apiKey } = await insertKey(db, organizationId, key, at)
    await noteCommand(byCommandLine(db, organizationId, at), 'createOrganization', organization, [
      { type: 'organization.created', id: organizationId },
      { type: 'api_key.created', id },
    ])
    await transaction.commit()
    return { organizationId, apiKey }
  } catch (error) {
    await transaction.rollback()
    throw error
  }
}

/** A further key of an existing tenant, for the command line. */
export const createKey = async (
  pool: Pool,
  organizationId: string,
  key: NewKey,
  now: Date,
): Promise<{ id: string; apiKey: string }> => {
  const transaction = await openTransaction(pool, organizationId, 'write')
  try {
    const { db } = transaction
    const created = await insertKey(db, organizationId, key, now.toISOString())
    const writer = byCommandLine(db, organizationId, now.toISOString())
    await noteCommand(writer, 'createApiKey', key, [{ type: 'api_key.created', id: created.id }])
    await transaction.commit()
    return created
  } catch (error) {
    await transaction.rollback()
    throw error
  }
}

const insertKey = async (
  db: Database,
  organizationId: string,
  { name, role, scopes, expiresAt = null }: NewKey,
  at: string,
) => {
  const id = newId()
  const { text, secretHash } = createApiKey(organizationId, id)
  await query(
    db,
    'api_key_create',
    `insert into api_keys (tenant_id, id, name, secret_hash, role, scopes, expires_at, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $8)`,
    [organizationId, id, name, secretHash, role, [...scopes], expiresAt, at],
  )
  return { id, apiKey: text }
}
