import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres'
import type { Pool, PoolClient, QueryConfig, QueryResult } from 'pg'

export type Database = NodePgDatabase & { $client: Queryable }

type Queryable = {
  query<R extends object>(config: QueryConfig | string, values?: unknown[]): Promise<QueryResult<R>>
}

/**
 * `write`: READ COMMITTED, ended by `commit` or `rollback` of its own.
 * `snapshot`: REPEATABLE READ READ ONLY, so that everything read belongs to one moment.
 * `single`: like snapshot for exactly one statement, whose COMMIT is sent right behind it.
 */
export type Mode = 'write' | 'snapshot' | 'single'

export type Transaction = {
  readonly db: Database
  /** Waits for what was sent but not awaited, then commits. A failure of any of it rolls all back and throws. */
  commit: () => Promise<void>
  rollback: () => Promise<void>
  /** Sends a statement whose answer nobody reads; `commit` reports its failure. */
  later: (statement: Promise<unknown>) => void
  /** Waits for what `later` took. */
  settled: () => Promise<void>
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/**
 * BEGIN and the tenant in one message that is not awaited: it travels with the first statement, and when it fails that
 * statement fails too, so nothing is ever read outside a tenant. `SET LOCAL`, because a session setting would follow
 * the connection to somebody else, and because Citus propagates it where it ignores `set_config`.
 */
const opening = (tenantId: string, mode: Mode): string => {
  if (!uuid.test(tenantId)) throw new Error('a tenant id is a UUID')
  const begin = mode === 'write' ? 'begin' : 'begin isolation level repeatable read read only'
  return `${begin}; set local app.tenant = '${tenantId}'`
}

/** Opens a transaction that can see and write one tenant only; row-level security does the rest. */
export const openTransaction = async (pool: Pool, tenantId: string, mode: Mode): Promise<Transaction> => {
  const client = await pool.connect()
  const sent: Promise<unknown>[] = [quiet(client.query(opening(tenantId, mode)))]
  let over = false

  const end = async (command: 'commit' | 'rollback'): Promise<void> => {
    if (over) return
    over = true
    // A single statement has sent its COMMIT already, unless it was refused before it could be sent.
    const ended = mode === 'single' && singles.get(client)?.used ? undefined : quiet(client.query(command))
    const results = await Promise.allSettled([...sent, ended])
    const failure = results.find((result) => result.status === 'rejected')
    client.release(failure && isConnectionLost(failure.reason) ? true : undefined)
    if (failure && command === 'commit') throw failure.reason
    // Postgres answers COMMIT of a failed transaction with ROLLBACK and no error.
    if (command === 'commit' && (await ended)?.command === 'ROLLBACK')
      throw new Error('the transaction had failed unseen')
  }

  return {
    db: mode === 'single' ? singleStatement(client, (commit) => sent.push(commit)) : databaseOf(client),
    later: (statement) => sent.push(quiet(statement)),
    settled: async () => {
      await Promise.all(sent.splice(0))
    },
    commit: () => end('commit'),
    rollback: () => end('rollback').catch(() => {}),
  }
}

/** Marks a rejection as seen: it is reported by whoever awaits the transaction's end. */
const quiet = <T>(statement: Promise<T>): Promise<T> => {
  statement.catch(() => {})
  return statement
}

const isConnectionLost = (error: unknown): boolean =>
  typeof (error as { code?: unknown }).code !== 'string' || (error as { code: string }).code.length !== 5

const databases = new WeakMap<PoolClient, Database>()
const databaseOf = (client: PoolClient): Database => {
  const known = databases.get(client)
  if (known) return known
  const database = drizzle(client) as unknown as Database
  databases.set(client, database)
  return database
}

/** One database object per connection, so that compiled statements can be kept with it. */
const singles = new WeakMap<PoolClient, { db: Database; onCommit: (commit: Promise<unknown>) => void; used: boolean }>()

const singleStatement = (client: PoolClient, onCommit: (commit: Promise<unknown>) => void): Database => {
  let single = singles.get(client)
  if (!single) {
    const query = (config: QueryConfig, values?: unknown[]) => {
      // A second statement would run outside the tenant, find nothing and look like an empty answer.
      if (single!.used) throw new Error('a single-statement read sent a second statement')
      single!.used = true
      const answer = client.query(config, values)
      single!.onCommit(quiet(client.query('commit')))
      return answer
    }
    single = { db: drizzle({ query } as never) as unknown as Database, onCommit, used: false }
    singles.set(client, single)
  }
  single.onCommit = onCommit
  single.used = false
  return single.db
}
