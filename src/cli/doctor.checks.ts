import type { Client } from 'pg'
import { direct } from '../db/direct.ts'
import { jobsFault } from '../db/job-schema.ts'
import { pendingMigrations } from '../db/migrate.ts'
import type { OpenDatabase } from './database.ts'
import { reasonOf } from './output.ts'

/** One thing looked at; `advice` says what to do when it is not ok. */
export type Finding = { check: string; ok: boolean; says: string; advice: string | null }

type Check = (client: Client) => Promise<Finding>

const finding = (check: string, ok: boolean, says: string, advice: string): Finding => ({
  check,
  ok,
  says,
  advice: ok ? null : advice,
})

const names = (rows: { name: string }[]): string => rows.map(({ name }) => name).join(', ')

const supported: Check = async (client) => {
  const { rows } = await client.query<{ number: string }>("select current_setting('server_version_num') as number")
  const major = Math.floor(Number(rows[0]?.number) / 10_000)
  return finding('server version', major >= 15 && major <= 18, `Postgres ${major}`, 'Use Postgres 15 to 18.')
}

const serves: Check = async (client) => {
  const { rows } = await client.query<{ name: string; mighty: boolean; owns: boolean }>(
    `select current_user as name, r.rolsuper or r.rolbypassrls as mighty,
       exists (select from pg_class c where c.relowner = r.oid and c.relnamespace = 'public'::regnamespace) as owns
     from pg_roles r where r.rolname = current_user`,
  )
  const { name, mighty, owns } = rows[0] as { name: string; mighty: boolean; owns: boolean }
  const says = mighty ? 'bypasses row-level security' : owns ? 'owns tables' : 'is bound by row-level security'
  const advice = 'Let DATABASE_URL connect as headway_app, made as the README says.'
  return finding('serving role', !mighty && !owns, `${name} ${says}`, advice)
}

const owns: Check = async (client) => {
  const { rows } = await client.query<{ name: string; mighty: boolean }>(
    `select distinct r.rolname as name, r.rolsuper or r.rolbypassrls as mighty
     from pg_class c join pg_roles r on r.oid = c.relowner
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')`,
  )
  const mighty = rows.filter((row) => row.mighty)
  const says = mighty.length > 0 ? `${names(mighty)} bypasses row-level security` : names(rows) || 'no tables yet'
  const advice =
    'Let headway_owner, who is no superuser, own the tables and migrate: ALTER TABLE … OWNER TO headway_owner.'
  return finding('owner', mighty.length === 0, says, advice)
}

const validIndexes: Check = async (client) => {
  const { rows } = await client.query<{ name: string }>(
    `select i.indexrelid::regclass::text as name from pg_index i join pg_class c on c.oid = i.indexrelid
     where not i.indisvalid and c.relnamespace = 'public'::regnamespace order by 1`,
  )
  return finding('indexes', rows.length === 0, names(rows) || 'all valid', 'Run REINDEX INDEX CONCURRENTLY for each.')
}

const tenancy: Check = async (client) => {
  const { rows } = await client.query<{ name: string }>(
    `select c.relname as name from pg_class c
     join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
       -- COPY writes to no table with policies; an import finds its rows by an id nobody else knows.
       and c.relname <> 'measurement_staging'
       and not (c.relrowsecurity and c.relforcerowsecurity
         and exists (select from pg_policy p where p.polrelid = c.oid and p.polname = 'tenant')) order by 1`,
  )
  const says = rows.length > 0 ? `not forced on ${names(rows)}` : 'forced on every tenant table'
  return finding('row-level security', rows.length === 0, says, 'Run headway migrate: it secures every table again.')
}

const timeZones: Check = async (client) => {
  const { rows } = await client.query<{ zones: number }>(
    `select count(*)::int as zones from pg_timezone_names where name in ('Europe/Berlin', 'America/New_York', 'Asia/Tokyo')`,
  )
  return finding(
    'time zones',
    rows[0]?.zones === 3,
    `${rows[0]?.zones} of 3 known`,
    'Install tzdata on the database server.',
  )
}

const settings: Check = async (client) => {
  const { rows } = await client.query<{ name: string; setting: string }>(
    `select name, setting from pg_settings where (name = 'server_encoding' and setting <> 'UTF8')
       or (name in ('fsync', 'full_page_writes') and setting <> 'on') order by name`,
  )
  const says = rows.map(({ name, setting }) => `${name} is ${setting}`).join(', ') || 'as they should be'
  return finding('settings', rows.length === 0, says, 'A database in UTF8, with fsync and full_page_writes on.')
}

const jobs: Check = async (client) => {
  const fault = await jobsFault(client)
  return finding('job queue', fault === null, fault ?? 'ready', 'Run headway migrate.')
}

const migrated = async ({ appUrl }: OpenDatabase): Promise<Finding> => {
  const pending = await pendingMigrations(appUrl)
  return finding(
    'migrations',
    pending === 0,
    pending === 0 ? 'all applied' : `${pending} pending`,
    'Run headway migrate.',
  )
}

/** Looks at the database as it is, without changing anything. */
export const examine = async (database: OpenDatabase): Promise<Finding[]> => {
  try {
    return await direct(database.appUrl, async (client) => {
      const findings = [finding('database', true, 'reachable', ''), await migrated(database)]
      for (const check of [supported, serves, owns, validIndexes, tenancy, jobs, timeZones, settings])
        findings.push(await check(client))
      return findings
    })
  } catch (error) {
    return [finding('database', false, reasonOf(error), 'Check DATABASE_URL and that the server runs.')]
  }
}
