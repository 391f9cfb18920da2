import { randomBytes } from 'node:crypto'
import { direct } from '../src/db/direct.ts'
import { startTemporary } from '../src/db/embedded/temporary.ts'
import { migrate } from '../src/db/migrate.ts'
import { provision } from '../src/db/provision.ts'

export type Database = { appUrl: string; ownerUrl: string; adminUrl: string; stop: () => Promise<void> }

/** A migrated database of its own: in an embedded server, or in the one whose admin BENCH_DATABASE_URL names. */
export const openDatabase = async (given = process.env['BENCH_DATABASE_URL']): Promise<Database> => {
  const database = given ? await besideOthers(given) : await startTemporary()
  await migrate(database.ownerUrl)
  return database
}

const besideOthers = async (adminUrl: string): Promise<Database> => {
  const password = randomBytes(18).toString('base64url')
  const database = `headway_bench_${randomBytes(6).toString('hex')}`
  const urls = await provision(adminUrl, { database, ownerPassword: password, appPassword: password })
  const stop = () =>
    direct(adminUrl, async (admin) => void (await admin.query(`drop database ${database} with (force)`)))
  return { ...urls, adminUrl, stop }
}

/** The URL of the database as its admin, whom no policy holds. */
export const asAdmin = ({ adminUrl, appUrl }: Pick<Database, 'adminUrl' | 'appUrl'>): string => {
  const url = new URL(adminUrl)
  url.pathname = new URL(appUrl).pathname
  return url.href
}

/**
 * Brings back the check-ins as they were seeded, and the statistics of a day's work: each round begins with the same
 * number of readings, however fast the one before was. As the admin, because the owner sees no tenant's rows.
 */
export const reset = async (database: Database, seededAt: string): Promise<void> => {
  await direct(asAdmin(database), async (admin) => {
    // The audit log keeps its entries from everybody, by a trigger.
    await admin.query('set session_replication_role = replica')
    for (const [table, column] of [
      ['check_ins', 'created_at'],
      ['score_points', 'recorded_at'],
      ['events', 'occurred_at'],
      ['audit_log', 'at'],
    ])
      await admin.query(`delete from ${table} where ${column} > $1`, [seededAt])
    await admin.query('vacuum analyze')
  })
}
