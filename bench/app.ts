import { buildApp } from '../src/app.ts'
import { connectPool } from '../src/db/pool.ts'
import { startKeeper } from '../src/journal/keeper.ts'
import { withoutEvents } from './without-events.ts'

// The server under measurement, in a process of its own: as it is served, but without limits and log.
const [url = '', events] = process.argv.slice(2)
const pool = events === 'without events' ? withoutEvents(connectPool({ url })) : connectPool({ url })
const keeper = events === 'without events' ? undefined : startKeeper({ pool, log: console })
const app = await buildApp({
  pool,
  logLevel: 'silent',
  ...(keeper ? { journal: keeper } : {}),
  limits: { rate: null, concurrentPerTenant: Infinity },
})
process.send?.({ url: await app.listen({ port: 0, host: '127.0.0.1' }) })

const stop = async () => {
  await app.close()
  await keeper?.stop()
  await pool.end()
  process.exit()
}
process.once('disconnect', () => void stop())
