import { type Client, escapeIdentifier, escapeLiteral } from 'pg'
import { direct } from './direct.ts'

type Wanted = { database: string; ownerPassword: string; appPassword: string }

const lockKey = 7_201_001

const isSuperuser = async (admin: Client): Promise<boolean> => {
  const { rows } = await admin.query('select rolsuper from pg_roles where rolname = current_user')
  return rows[0].rolsuper
}

const ensureRole = async (admin: Client, role: string, password: string) => {
  const { rows } = await admin.query(
    `select rolsuper or rolbypassrls or rolcreatedb or rolcreaterole or rolreplication as mighty
       from pg_roles where rolname = $1`,
    [role],
  )
  if (rows.length === 0) await admin.query(`create role ${role}`)
  // Only when it is needed: naming these attributes takes a superuser, even to switch them off.
  if (rows[0]?.mighty) {
    await admin.query(`alter role ${role} nosuperuser nobypassrls nocreatedb nocreaterole noreplication`)
  }
  await admin.query(`alter role ${role} login password ${escapeLiteral(password)}`)
}

/** Groups without a login: `headway_bi_views` owns the published views, BI logins are members of `headway_bi`. */
const ensureGroups = async (admin: Client) => {
  for (const group of ['headway_bi_views', 'headway_bi']) {
    const { rows } = await admin.query('select rolcanlogin from pg_roles where rolname = $1', [group])
    if (rows.length === 0) await admin.query(`create role ${group} nologin`)
    else if (rows[0].rolcanlogin) throw new Error(`${group} can log in: revoke that first`)
  }
  // Only when it is needed: an administrator who did not make the group may not give it away.
  const { rows } = await admin.query(`select pg_has_role('headway_owner', 'headway_bi_views', 'member') as member`)
  if (!rows[0].member) await admin.query('grant headway_bi_views to headway_owner')
}

const ensureDatabase = async (admin: Client, database: string) => {
  const { rows } = await admin.query('select pg_get_userbyid(datdba) as owner from pg_database where datname = $1', [
    database,
  ])
  const name = escapeIdentifier(database)
  // template0, because only that one may be copied into another encoding than the server's.
  if (rows.length === 0)
    await admin.query(`create database ${name} owner headway_owner template template0 encoding 'UTF8'`)
  else if (rows[0].owner !== 'headway_owner') await admin.query(`alter database ${name} owner to headway_owner`)
}

const limitPrivileges = async (admin: Client, database: string) => {
  // A superuser stays one: where a server was upgraded from 14, schema public still belongs to its first superuser.
  if (!(await isSuperuser(admin))) await admin.query('set role headway_owner')
  const name = escapeIdentifier(database)
  await admin.query(`
    revoke all on database ${name} from public;
    grant connect on database ${name} to headway_app, headway_bi;
    revoke create on schema public from public;
    grant usage, create on schema public to headway_owner;
    grant usage on schema public to headway_app`)
}

const urlFor = (adminUrl: string, database: string, login?: { user: string; password: string }): string => {
  const url = new URL(adminUrl)
  url.pathname = `/${encodeURIComponent(database)}`
  if (login) {
    url.username = login.user
    url.password = encodeURIComponent(login.password)
    url.searchParams.delete('user')
    url.searchParams.delete('password')
  }
  return url.href
}

/**
 * Makes the two roles and the database, or brings existing ones to the same state; may be repeated at any time.
 * `headway_owner` owns and migrates, `headway_app` serves; neither can bypass row-level security. Two groups without a
 * login are for the published views (src/bi). The passwords
 * are set on every call. The admin is a superuser, or a role with CREATEROLE and CREATEDB (Postgres 15 to 18).
 */
export const provision = async (adminUrl: string, wanted: Wanted): Promise<{ ownerUrl: string; appUrl: string }> => {
  const { database, ownerPassword, appPassword } = wanted
  await direct(adminUrl, async (admin) => {
    // Two at once would fail with "tuple concurrently updated". The lock ends with the connection.
    await admin.query('select pg_advisory_lock($1)', [lockKey])
    await ensureRole(admin, 'headway_owner', ownerPassword)
    await ensureRole(admin, 'headway_app', appPassword)
    await ensureGroups(admin)
    const { rows } = await admin.query(`select pg_has_role('headway_app', 'headway_owner', 'member') as member`)
    if (rows[0].member) throw new Error('headway_app is a member of headway_owner: revoke that first')
    // Who hands a database to a role must be able to become that role; since 16, creating it does not suffice.
    if (!(await isSuperuser(admin))) await admin.query('grant headway_owner to current_user')
    await ensureDatabase(admin, database)
    await direct(urlFor(adminUrl, database), (inside) => limitPrivileges(inside, database))
  })
  return {
    ownerUrl: urlFor(adminUrl, database, { user: 'headway_owner', password: ownerPassword }),
    appUrl: urlFor(adminUrl, database, { user: 'headway_app', password: appPassword }),
  }
}
