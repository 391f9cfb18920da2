import type { ClientBase, QueryResult } from 'pg'
import { PgBoss } from 'pg-boss'

/** Where pg-boss keeps its queues: tables without tenants, which stay on one node where others are distributed. */
export const jobSchema = 'pgboss'

const through = (client: ClientBase) => ({
  executeSql: async (text: string, values?: unknown[]) => {
    // Several statements in one text give several results; pg-boss reads the last.
    const answers = [await client.query(text, values)].flat() as QueryResult[]
    return answers.at(-1) as QueryResult
  },
})

/**
 * Brings the job queue's own tables to the version of the library and opens them to the serving role, for rows only: it
 * cannot change them, and need not. May be repeated.
 */
export const migrateJobs = async (owner: ClientBase): Promise<void> => {
  const boss = new PgBoss({ db: through(owner), schema: jobSchema, supervise: false, schedule: false })
  const failures: Error[] = []
  boss.on('error', (error) => failures.push(error))
  await boss.start()
  await boss.stop({ close: false, graceful: false })
  if (failures[0]) throw failures[0]
  await owner.query(`
    grant usage on schema ${jobSchema} to headway_app;
    grant select, insert, update, delete on all tables in schema ${jobSchema} to headway_app;
    grant execute on all functions in schema ${jobSchema} to headway_app`)
}

/** What keeps this version from using the job queue as the role of `client`; null where nothing does. Changes nothing. */
export const jobsFault = async (client: ClientBase): Promise<string | null> => {
  const boss = new PgBoss({ db: through(client), schema: jobSchema, migrate: false, supervise: false, schedule: false })
  boss.on('error', () => {})
  try {
    await boss.start()
    return null
  } catch (error) {
    return (error as Error).message
  } finally {
    await boss.stop({ close: false, graceful: false })
  }
}
