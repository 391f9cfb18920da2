import { pino } from 'pino'
import { buildApp } from './app.ts'
import { bringUpToDate, openDatabase } from './cli/database.ts'
import { forLandingPage, greeting } from './cli/greeting.ts'
import { demoOfFolder } from './cli/kept-demo.ts'
import { createLifecycle } from './cli/lifecycle.ts'
import { fail } from './cli/output.ts'
import { readConfig } from './config.ts'
import { freePort } from './db/embedded/cluster.ts'
import { connectPool } from './db/pool.ts'
import { openQueue } from './jobs/queue.ts'
import { startBackground } from './jobs/start.ts'
import { startKeeper } from './journal/keeper.ts'

/** Config → database → demo, if the embedded database is empty → app → listen. Ends by a signal. */
const serve = async (lifecycle: ReturnType<typeof createLifecycle>): Promise<void> => {
  const config = readConfig()
  const database = await openDatabase(config)
  lifecycle.closeAtEnd(database.stop)
  await bringUpToDate(database)
  const pool = connectPool({ url: database.appUrl, max: config.poolSize })
  lifecycle.closeAtEnd(() => pool.end())
  const demo = database.isEmbedded ? await demoOfFolder(pool, config.dataFolder, new Date()) : undefined

  const port = config.port || (await freePort())
  const url = `http://${['0.0.0.0', '::'].includes(config.host) ? 'localhost' : config.host}:${port}`
  const log = pino({ level: config.logLevel })
  const journal = startKeeper({ pool, log })
  lifecycle.closeAtEnd(journal.stop)
  const queue = await openQueue({ url: database.appUrl, log })
  lifecycle.closeAtEnd(() => queue.boss.stop({ graceful: false }))
  const app = await buildApp({
    pool,
    journal,
    queue: queue.enqueue,
    logLevel: config.logLevel,
    limits: { rate: config.rate },
    jwt: config.jwt,
    trustProxy: config.trustProxy,
    isDraining: lifecycle.isDraining,
    networks: config.networks,
    exportBytes: config.exportBytes,
    commands: demo ? forLandingPage(url, demo) : [],
  })
  process.on('unhandledRejection', (reason) => {
    app.log.fatal({ err: reason }, 'a rejection was not handled')
    process.exit(1)
  })
  lifecycle.closeAtEnd(() => app.close())
  await app.listen({ host: config.host, port })
  const { log: logger, metrics } = app
  const { networks, exportBytes } = config
  lifecycle.closeAtEnd(
    await startBackground({
      pool,
      queue,
      clock: () => new Date(),
      log: logger,
      metrics,
      journal,
      networks,
      exportBytes,
    }),
  )
  lifecycle.nowServing()
  process.stdout.write(greeting(url, demo))
}

const lifecycle = createLifecycle()
await serve(lifecycle).catch(async (error: unknown) => {
  if (lifecycle.isEnding()) return
  fail(error)
  await lifecycle.end()
})
