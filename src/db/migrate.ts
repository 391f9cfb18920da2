import { fileURLToPath } from 'node:url'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate as applyMigrations } from 'drizzle-orm/node-postgres/migrator'
import type { Client } from 'pg'
import { publishViews } from '../bi/views.sql.ts'
import { direct } from './direct.ts'
import { expectTenants } from './expectations.sql.ts'
import { migrateJobs } from './job-schema.ts'
import { secureTables } from './tenancy.sql.ts'

const lockKey = 7_201_002

// The same from src/db and from dist/db.
const ownFolder = fileURLToPath(new URL('../../migrations', import.meta.url))

const countPending = async (client: Client, folder: string): Promise<number> => {
  const known = readMigrationFiles({ migrationsFolder: folder })
  const applied = await client
    .query<{ at: string }>('select created_at as at from drizzle.__drizzle_migrations')
    .catch((error) => {
      // Not migrated yet: no schema, no table, or not yet opened to this role.
      if (['3F000', '42P01', '42501'].includes(error.code)) return { rows: [] }
      throw error
    })
  const done = new Set(applied.rows.map((row) => Number(row.at)))
  return known.filter((migration) => !done.has(migration.folderMillis)).length
}

const takeTurn = async (client: Client, log: (line: string) => void) => {
  const { rows } = await client.query('select pg_try_advisory_lock($1) as mine', [lockKey])
  if (rows[0].mine) return
  log('another process is migrating this database: waiting for it')
  await client.query('select pg_advisory_lock($1)', [lockKey])
}

/** An interrupted CREATE INDEX CONCURRENTLY leaves an index that IF NOT EXISTS keeps and no query uses. */
const refuseInvalidIndexes = async (client: Client) => {
  const { rows } = await client.query<{ name: string }>(
    `select i.indexrelid::regclass::text as name
       from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
      where not i.indisvalid and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' order by 1`,
  )
  if (rows.length === 0) return
  const names = rows.map((row) => row.name).join(', ')
  throw new Error(`Invalid indexes: ${names}. An index build was interrupted; run REINDEX INDEX or drop them.`)
}

/**
 * Brings the database to the newest migration, its tables under tenancy and the job queue to its version; `applied` counts the migrations run.
 * Safe to start on several nodes at once: one works, the others wait and find nothing left. `ownerUrl` has to be a
 * direct connection (the lock belongs to the session). Throws if an index is invalid.
 */
export const migrate = async (
  ownerUrl: string,
  { folder = ownFolder, log = () => {} }: { folder?: string; log?: (line: string) => void } = {},
): Promise<{ applied: number }> =>
  direct(ownerUrl, async (client) => {
    await client.query('set statement_timeout = 0; set lock_timeout = 0')
    await takeTurn(client, log)
    // From here a long transaction of someone else makes the migration fail instead of queueing all traffic behind it.
    await client.query(`set lock_timeout = '15s'`)
    const waiting = await countPending(client, folder)
    await applyMigrations(drizzle({ client }), { migrationsFolder: folder, migrationsSchema: 'drizzle' })
    if ((await countPending(client, folder)) > 0) {
      throw new Error('A migration is dated before the newest one applied and was skipped: generate it again.')
    }
    await client.query(
      'grant usage on schema drizzle to headway_app; grant select on drizzle.__drizzle_migrations to headway_app',
    )
    await secureTables(client)
    await expectTenants(client)
    if (!(await publishViews(client)))
      log('no views for analysis: the roles headway_bi and headway_bi_views or a table are missing')
    await migrateJobs(client)
    await refuseInvalidIndexes(client)
    log(waiting === 0 ? 'the database is up to date' : `applied ${waiting} migration${waiting === 1 ? '' : 's'}`)
    return { applied: waiting }
  })

/** How many migrations of this version the database lacks. The serving role may ask. */
export const pendingMigrations = async (url: string, folder = ownFolder): Promise<number> =>
  direct(url, (client) => countPending(client, folder))
