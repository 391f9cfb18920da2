import { randomBytes } from 'node:crypto'
import { direct } from '../src/db/direct.ts'
import { startTemporary } from '../src/db/embedded/temporary.ts'
import { migrate } from '../src/db/migrate.ts'
import { provision } from '../src/db/provision.ts'

type Database = { appUrl: string; ownerUrl: string; adminUrl: string; stop: () => Promise<void> }

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

/** Planned from what is there, as it would be after a day of work, and not from an empty table. */
export const settle = (ownerUrl: string): Promise<void> =>
  direct(ownerUrl, async (owner) => void (await owner.query('vacuum analyze')))
