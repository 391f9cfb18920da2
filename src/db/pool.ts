import pg from 'pg'
import { instantFromText } from './columns.ts'

export type PoolSettings = {
  url: string
  /** Most connections; writers of one tenant hold at most a part of them (transaction.ts). */
  max?: number
  /** Milliseconds a statement may take; the client gives up two seconds later. */
  statementTimeout?: number
}

const { builtins } = pg.types
const parsers: Partial<Record<number, (text: string) => unknown>> = {
  [builtins.TIMESTAMPTZ]: instantFromText,
  [builtins.DATE]: (text) => text,
  [builtins.INT8]: Number,
}

/**
 * The serving pool. Pipelined: statements go out without waiting for the answers before them, because round trips
 * are the whole cost of a small transaction. The session's zone is UTC, which columns.ts relies on.
 */
export const connectPool = ({ url, max = 16, statementTimeout = 5_000 }: PoolSettings): pg.Pool => {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    pipeline: true,
    application_name: 'headway',
    connectionTimeoutMillis: 2_000,
    query_timeout: statementTimeout + 2_000,
    keepAlive: true,
    options: [
      '-c timezone=UTC',
      `-c statement_timeout=${statementTimeout}`,
      '-c lock_timeout=2000',
      '-c idle_in_transaction_session_timeout=10000',
      '-c client_connection_check_interval=1000',
      // Planning a small statement costs more than running it, and Postgres replans one with `any($1)` on every call.
      '-c plan_cache_mode=force_generic_plan',
      // Compiling pays for long reports; it would cost a small statement more than running it.
      '-c jit=off',
    ].join(' '),
    types: { getTypeParser: (oid: number, format) => parsers[oid] ?? pg.types.getTypeParser(oid, format) },
  } as pg.PoolConfig)
  // Without listeners a connection that Postgres closes, idle or in use, would end the process. Whoever waits for an
  // answer on it is told by the answer.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}
