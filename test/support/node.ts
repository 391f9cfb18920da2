import { buildApp } from '../../src/app.ts'
import { connectPool } from '../../src/db/pool.ts'
import { startKeeper } from '../../src/journal/keeper.ts'

/** One API node as a process of its own: tells its address when it listens, and ends when its parent lets go of it. */
const [url = ''] = process.argv.slice(2)
const pool = connectPool({ url, max: 8 })
const journal = startKeeper({ pool, log: console, everyMilliseconds: 200 })
const app = await buildApp({ pool, journal, limits: { rate: null } })
process.send?.({ url: await app.listen({ host: '127.0.0.1', port: 0 }) })
process.once('disconnect', () => {
  void app
    .close()
    .then(journal.stop)
    .then(() => pool.end())
})
