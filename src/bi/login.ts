import { randomBytes } from 'node:crypto'
import { type ClientBase, escapeIdentifier, escapeLiteral } from 'pg'

export type BiLogin = { login: string; createdAt: string }

const connections = 10
const timeout = '60s'

const nameOf = (): string => `headway_bi_${randomBytes(6).toString('hex')}`

/**
 * Makes a read-only login of the SQL views, bound to one organization for as long as it exists: 10 connections at most,
 * 60 s a statement. `admin` may create roles. The password is told only now.
 */
export const createLogin = async (
  admin: ClientBase,
  tenantId: string,
): Promise<{ login: string; password: string }> => {
  const login = nameOf()
  const password = randomBytes(24).toString('base64url')
  const role = escapeIdentifier(login)
  await admin.query(`begin;
    create role ${role} login nosuperuser nocreatedb nocreaterole nobypassrls noreplication
      password ${escapeLiteral(password)} connection limit ${connections} in role headway_bi;
    alter role ${role} set default_transaction_read_only = on;
    alter role ${role} set statement_timeout = '${timeout}';
    alter role ${role} set search_path = bi;
    alter role ${role} set timezone = 'UTC';
    insert into bi_access.logins (login, tenant_id) values (${escapeLiteral(login)}, ${escapeLiteral(tenantId)});
    commit`)
  return { login, password }
}

/** The logins of an organization, oldest first. */
export const listLogins = async (admin: ClientBase, tenantId: string): Promise<BiLogin[]> => {
  const { rows } = await admin.query<BiLogin>(
    `select l.login, to_char(l.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "createdAt"
     from bi_access.logins l where l.tenant_id = $1 order by l.created_at, l.login`,
    [tenantId],
  )
  return rows
}

/** Takes a login away and ends its connections; false where the organization has none of that name. */
export const dropLogin = async (admin: ClientBase, tenantId: string, login: string): Promise<boolean> => {
  const { rowCount } = await admin.query('delete from bi_access.logins where tenant_id = $1 and login = $2', [
    tenantId,
    login,
  ])
  if (rowCount === 0) return false
  await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where usename = $1', [login])
  await admin.query(`drop role ${escapeIdentifier(login)}`)
  return true
}
