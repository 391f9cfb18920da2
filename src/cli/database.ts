import type { Client, Pool } from 'pg'
import { type Config, readConfig } from '../config.ts'
import { direct } from '../db/direct.ts'
import { startEmbedded } from '../db/embedded/embedded.ts'
import { migrate, pendingMigrations } from '../db/migrate.ts'
import { connectPool, type PoolSettings } from '../db/pool.ts'
import { note } from './output.ts'

/** The database at hand; `stop` ends it if it is the embedded one and nobody else uses it. */
export type OpenDatabase = {
  appUrl: string
  /** Undefined where this process was not told how to migrate. */
  ownerUrl: string | undefined
  /** Undefined where this process was not told who administers the server. */
  adminUrl: string | undefined
  isEmbedded: boolean
  stop: () => Promise<void>
}

/** DATABASE_URL if it is set, else the embedded database of the folder, started if need be. */
export const openDatabase = async ({ databaseUrl, ownerUrl, adminUrl, dataFolder }: Config): Promise<OpenDatabase> => {
  if (databaseUrl) return { appUrl: databaseUrl, ownerUrl, adminUrl, isEmbedded: false, stop: async () => {} }
  if (ownerUrl) throw new Error('DATABASE_OWNER_URL is set but DATABASE_URL is not: say where to serve from.')
  return { ...(await startEmbedded({ folder: dataFolder, log: note })), isEmbedded: true }
}

/** Migrates where the owner is known; elsewhere refuses a database that lacks migrations. */
export const bringUpToDate = async ({ appUrl, ownerUrl }: OpenDatabase): Promise<void> => {
  if (ownerUrl) {
    await migrate(ownerUrl, { log: note })
    return
  }
  const pending = await pendingMigrations(appUrl)
  if (pending === 0) return
  throw new Error(
    `The database lacks ${pending} migration${pending === 1 ? '' : 's'}: run "headway migrate" with DATABASE_OWNER_URL, or set it here.`,
  )
}

/** Lends a command a few connections to the migrated database, and closes behind it whatever happens. */
export const withPool = async <T>(
  work: (pool: Pool, database: OpenDatabase) => Promise<T>,
  settings: Pick<PoolSettings, 'statementTimeout'> = {},
): Promise<T> => {
  const database = await openDatabase(readConfig())
  try {
    await bringUpToDate(database)
    const pool = connectPool({ url: database.appUrl, max: 4, ...settings })
    try {
      return await work(pool, database)
    } finally {
      await pool.end()
    }
  } finally {
    await database.stop()
  }
}

type Administration = { admin: Client; pool: Pool; address: { host: string; port: number; database: string } }

/** Lends a command a connection that may create roles, inside the database that is served. */
export const withAdmin = <T>(work: (given: Administration) => Promise<T>): Promise<T> =>
  withPool((pool, { adminUrl, appUrl }) => {
    if (!adminUrl) throw new Error('Creating logins takes an administrator of the server: set DATABASE_ADMIN_URL.')
    const served = new URL(appUrl)
    const url = Object.assign(new URL(adminUrl), { pathname: served.pathname })
    const database = decodeURIComponent(served.pathname.slice(1))
    const address = { host: served.hostname, port: Number(served.port || 5432), database }
    return direct(url.href, (admin) => work({ admin, pool, address }))
  })
