import type { Pool, PoolClient } from 'pg'
import { afterAll, inject } from 'vitest'
import { buildApp } from '../../src/app.ts'
import { connectPool } from '../../src/db/pool.ts'
import { type Caller, callerOf, type World } from './app.ts'

/** One more server of the same organization with connections of its own: writers queue in a process, nodes do not. */
export const addNode = async (world: World, prepare: (pool: Pool) => void = () => {}): Promise<Caller> => {
  const pool = connectPool({ url: inject('appUrl'), statementTimeout: 15_000 })
  // A busy machine makes the last in the queue wait longer than a client would: told apart from what goes wrong.
  pool.on('connect', (client) => void client.query(`set lock_timeout = '15s'`))
  prepare(pool)
  const clock = () => world.clock.now ?? new Date()
  const app = await buildApp({
    pool,
    clock,
    limits: { rate: null, concurrentPerTenant: Infinity },
    answerWithin: 30_000,
  })
  afterAll(async () => {
    await app.close()
    await pool.end()
  })
  return callerOf(app, world.apiKey)
}

type Config = { name?: string; text: string; values?: unknown[] }

/** Takes the lock out of the statement that finds the graphs of a write: what it answers stays the same. */
const withoutLock = (text: string): string => {
  const [before, locking] = text.split('), locked as')
  if (!before || !locking?.includes('for no key update')) throw new Error(`no graph lock in: ${text}`)
  return `${before})
    select g.id, $2::timestamptz as last_recorded_at, set_config('app.recorded_at', $2::timestamptz::text, true)
    from goal_graphs g where g.tenant_id = $1 and g.id in (select root_id from touched)`
}

/** The naive variant the harness must catch: writers that never take the graph lock. */
export const forgetLocks = (pool: Pool): void => {
  pool.on('connect', (client: PoolClient) => {
    const sending = client as unknown as { query: (config: string | Config, ...rest: unknown[]) => unknown }
    const { query } = sending
    sending.query = (config, ...rest) =>
      typeof config !== 'string' && config.name === 'goal_graphs_lock'
        ? query.call(client, { ...config, text: withoutLock(config.text) }, ...rest)
        : query.call(client, config, ...rest)
  })
}
