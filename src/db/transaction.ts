import type { Pool, QueryConfig, QueryResult } from 'pg'

/** A connection inside a transaction: what statement.ts sends through. */
export type Database = {
  query: <R extends object>(config: QueryConfig | string, values?: unknown[]) => Promise<QueryResult<R>>
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
  /** The error to tell of: once a statement failed, those sent behind it only say that the transaction is aborted. */
  cause: (error: unknown) => unknown
  /** Forgets failures that were undone by going back to a savepoint. */
  forgive: () => void
  /** When the oldest write began that was open before this, in milliseconds since 1970; told to syncs only (sync.ts). */
  readonly openSince?: number | null
}

/** Milliseconds. Whoever gives up on a COMMIT does not know whether it happened, so that is given up on late. */
const longestEnd = 60_000

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
  const begin = opening(tenantId, mode)
  const client = await pool.connect()
  const failures: unknown[] = []
  let sent: Promise<unknown>[] = []
  let statements = 0
  let over = false

  /** Notes a failure where it happens, and marks it as seen: it is told by whoever awaits the transaction's end. */
  const send = <T>(statement: Promise<T>): Promise<T> => {
    statement.catch((error: unknown) => failures.push(error))
    return statement
  }

  const query: Database['query'] = (config, values) => {
    // The connection may be somebody else's by now.
    if (over) throw new Error('the transaction has ended')
    // A second statement would run outside the tenant, find nothing and look like an empty answer.
    if (mode === 'single' && statements > 0) throw new Error('a single-statement read sent a second statement')
    statements++
    const answer = send(client.query(config as QueryConfig, values))
    if (mode === 'single') sent.push(send(client.query('commit')))
    return answer as never
  }

  const end = async (command: 'commit' | 'rollback'): Promise<void> => {
    if (over) return
    over = true
    // A single statement has sent its COMMIT already, unless it was refused before it could be sent.
    const ended =
      mode === 'single' && statements > 0
        ? undefined
        : send(client.query({ text: command, query_timeout: longestEnd } as QueryConfig))
    await Promise.allSettled([...sent, ended])
    client.release(failures.some(isConnectionLost) ? true : undefined)
    if (command === 'rollback') return
    if (failures.length > 0) throw failures[0]
    // Postgres answers COMMIT of a failed transaction with ROLLBACK and no error.
    if ((await ended)?.command === 'ROLLBACK') throw new Error('the transaction had failed unseen')
  }

  sent.push(send(client.query(begin)))
  return {
    db: { query },
    later: (statement) => sent.push(send(statement)),
    settled: async () => {
      const waiting = sent
      sent = []
      await Promise.all(waiting)
    },
    commit: () => end('commit'),
    rollback: () => end('rollback').catch(() => {}),
    forgive: () => {
      failures.length = 0
    },
    cause: (error) => (isAborted(error) ? (failures[0] ?? error) : error),
  }
}

const isAborted = (error: unknown): boolean => (error as { code?: unknown } | null)?.code === '25P02'

/** Anything but an answer of Postgres with an SQLSTATE: the connection is not worth keeping. */
const isConnectionLost = (error: unknown): boolean => {
  const { code } = error as { code?: unknown }
  return typeof code !== 'string' || code.length !== 5
}
