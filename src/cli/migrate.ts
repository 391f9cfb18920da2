import { Command } from 'commander'
import { readConfig } from '../config.ts'
import { migrate } from '../db/migrate.ts'
import { openDatabase } from './database.ts'
import { note, print } from './output.ts'

const insufficientPrivilege = '42501'

const asOwner = (error: Error & { code?: string; cause?: { code?: string } }): never => {
  if ((error.cause?.code ?? error.code) !== insufficientPrivilege) throw error
  throw new Error(`${error.message}: migrate as the owner, by DATABASE_OWNER_URL.`)
}

/** `headway migrate`: as the owner; where only DATABASE_URL is set, as whoever that is. */
export const migrateCommand = new Command('migrate')
  .description('bring the database to the newest migration')
  .option('--json', 'print { "applied" }')
  .action(async ({ json }: { json?: boolean }) => {
    const config = readConfig()
    const database = config.ownerUrl ? undefined : await openDatabase(config)
    try {
      const url = config.ownerUrl ?? database?.ownerUrl ?? database?.appUrl ?? ''
      const { applied } = await migrate(url, { log: note }).catch(asOwner)
      print(json, { applied }, applied === 0 ? 'Nothing to do.' : `Applied ${applied}.`)
    } finally {
      await database?.stop()
    }
  })
