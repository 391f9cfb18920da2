import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { from } from 'pg-copy-streams'

/** Few, because each is held only while a portion is written, however slowly it was sent. */
const connections = 3

/**
 * Connections for COPY, which a pipelined client cannot speak; to the same database and by the same role as the serving
 * pool. Opened when first used; the caller ends it.
 */
export const connectBulk = ({ options }: pg.Pool): pg.Pool => {
  const { connectionString } = options
  const pool = new pg.Pool({
    ...(connectionString ? { connectionString } : {}),
    max: connections,
    application_name: 'headway bulk',
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    options: '-c timezone=UTC -c lock_timeout=2000 -c idle_in_transaction_session_timeout=10000 -c jit=off',
  })
  // As for the serving pool: without listeners a connection that Postgres closes would end the process.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}

/**
 * Copies rows, written in COPY's text format, into a table (`name (columns)`) that has no policies: Postgres refuses
 * COPY into any other. Committed when it resolves; all or none of the text.
 */
export const copyInto = async (pool: pg.Pool, target: string, text: string): Promise<void> => {
  const client = await pool.connect()
  let failed = true
  try {
    await pipeline([Buffer.from(text)], client.query(from(`copy ${target} from stdin`)))
    failed = false
  } finally {
    // What a broken COPY leaves on the wire is nobody else's answer.
    client.release(failed)
  }
}

const special = /[\\\t\n\r]/
const escapes: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

/** One value as COPY's text format has it. */
export const copyText = (value: string | number | null): string => {
  if (value === null) return '\\N'
  if (typeof value === 'number') return String(value)
  return special.test(value) ? value.replaceAll(/[\\\t\n\r]/g, (sign) => escapes[sign] as string) : value
}
