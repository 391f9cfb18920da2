import type { Pool, PoolClient, QueryConfig } from 'pg'

/** Places of the lists of events among the values of the statement that writes the journal. */
const lists = { from: 4, to: 10 }

const emptied = (config: QueryConfig): QueryConfig => {
  if (config.name !== 'journal_append') return config
  const values = (config.values ?? []) as unknown[]
  return { ...config, values: values.map((value, at) => (at >= lists.from && at <= lists.to ? [] : value)) }
}

/** The same pool, through which no event is written: everything else of a write stays as it is. */
export const withoutEvents = (pool: Pool): Pool => {
  pool.on('connect', (client: PoolClient) => {
    const query = client.query.bind(client) as (config: QueryConfig | string, values?: unknown[]) => unknown
    const changed = (config: QueryConfig | string, values?: unknown[]) =>
      query(typeof config === 'string' ? config : emptied(config), values)
    client.query = changed as typeof client.query
  })
  return pool
}
