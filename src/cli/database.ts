import type { Pool } from 'pg'
import { type Config, readConfig } from '../config.ts'
import { startEmbedded } from '../db/embedded/embedded.ts'
import { migrate, pendingMigrations } from '../db/migrate.ts'
import { connectPool, type PoolSettings } from '../db/pool.ts'
import { note } from './output.ts'

/** The database at hand; `stop` ends it if it is the embedded one and nobody else uses it. */
export type OpenDatabase = {
  appUrl: string
  /** Undefined where this process was not told how to migrate. */
  ownerUrl: string | undefined
  isEmbedded: boolean
  stop: () => Promise<void>
}

/** DATABASE_URL if it is set, else the embedded database of the folder, started if need be. */
export const openDatabase = async ({ databaseUrl, ownerUrl, dataFolder }: Config): Promise<OpenDatabase> => {
  if (databaseUrl) return { appUrl: databaseUrl, ownerUrl, isEmbedded: false, stop: async () => {} }
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
  work: (pool: Pool) => Promise<T>,
  settings: Pick<PoolSettings, 'statementTimeout'> = {},
): Promise<T> => {
  const database = await openDatabase(readConfig())
  try {
    await bringUpToDate(database)
    const pool = connectPool({ url: database.appUrl, max: 4, ...settings })
    try {
      return await work(pool)
    } finally {
      await pool.end()
    }
  } finally {
    await database.stop()
  }
}
