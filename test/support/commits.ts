import type { Pool, PoolClient } from 'pg'

type Sending = { query: (config: string | { text: string }, ...rest: unknown[]) => unknown }

/**
 * Counts what a pool may have stored: every COMMIT but those of read-only transactions, and every statement outside a
 * transaction. While the count stands still, nothing can have been written through the pool.
 */
export const countCommits = (pool: Pool): (() => number) => {
  let commits = 0
  pool.on('connect', (client: PoolClient) => {
    const sending = client as unknown as Sending
    const { query } = sending
    let open: 'no' | 'reading' | 'writing' = 'no'
    sending.query = (config, ...rest) => {
      const text = typeof config === 'string' ? config : config.text
      if (text.startsWith('begin')) open = text.includes('read only') ? 'reading' : 'writing'
      else if (open === 'no' || (open === 'writing' && text === 'commit')) commits++
      if (text === 'commit' || text === 'rollback') open = 'no'
      return query.call(client, config, ...rest)
    }
  })
  return () => commits
}
