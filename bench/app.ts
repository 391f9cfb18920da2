import { buildApp } from '../src/app.ts'
import { connectPool } from '../src/db/pool.ts'

// The server under measurement, in a process of its own: as it is served, but without limits and log.
const pool = connectPool({ url: process.argv[2] as string })
const app = await buildApp({
  pool,
  logLevel: 'silent',
  limits: { rate: null, concurrentPerTenant: Infinity },
})
process.send?.({ url: await app.listen({ port: 0, host: '127.0.0.1' }) })

const stop = async () => {
  await app.close()
  await pool.end()
  process.exit()
}
process.once('disconnect', () => void stop())
