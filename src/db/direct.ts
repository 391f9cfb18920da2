import { Client } from 'pg'

/**
 * Lends one connection of its own for the time of `work`: for what must not pass through a pool, because it
 * relies on the session (advisory locks, SET ROLE). `url` has to reach Postgres itself, not a transaction pooler.
 */
export const direct = async <T>(url: string, work: (client: Client) => Promise<T>): Promise<T> => {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  // A connection lost between two statements is an event without a listener, which would end the process;
  // the next statement reports the loss anyway.
  client.on('error', () => {})
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end().catch(() => {})
  }
}
