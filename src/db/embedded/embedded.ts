import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { provision } from '../provision.ts'
import { chooseAccount } from './account.ts'
import { findBinaries } from './binaries.ts'
import { type Cluster, freePort, initialise, logTail } from './cluster.ts'
import { recall, remember } from './kept.ts'
import { runningPort, startServer, stopServer } from './postmaster.ts'

type Session = { client: Client; port: number }

const lockKey = 7_201_003

const urlAt = (port: number, password: string) => `postgres://postgres:${password}@127.0.0.1:${port}/postgres`

/** Joins those who use the server, by a shared lock that ends with the process. Nothing if it comes or goes just now. */
const enter = async (port: number, password: string): Promise<Session | undefined> => {
  const client = new Client({ connectionString: urlAt(port, password), connectionTimeoutMillis: 5_000 })
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query('select pg_try_advisory_lock_shared($1) as welcome', [lockKey])
    if (rows[0].welcome) return { client, port }
  } catch (error) {
    if ((error as { code?: string }).code === '28P01') throw error
  }
  await client.end().catch(() => {})
  return undefined
}

/** Finds the server running (another process uses it, or was killed and left it) or starts it. */
const reach = async (cluster: Cluster, wanted: number, password: string): Promise<Session> => {
  const deadline = Date.now() + 120_000
  for (let failures = 0; ; ) {
    const port = await runningPort(cluster)
    const session = port === undefined ? undefined : await enter(port, password)
    if (session) return session
    if (Date.now() > deadline) throw new Error(`The database does not answer. Its log: ${await logTail(cluster.home)}`)
    if (port !== undefined) {
      await sleep(100)
      continue
    }
    // May fail because another process was faster, or because what a crash left is still going down.
    await startServer(cluster, await freePort(wanted)).catch(async (cause) => {
      failures += 1
      const log = await logTail(cluster.home)
      if (failures === 5) throw new Error(`The database does not start. ${cause.message}\nIts log: ${log}`, { cause })
      await sleep(500)
    })
  }
}

const leave = async ({ client }: Session, cluster: Cluster) => {
  const alone = await client
    .query('select pg_advisory_unlock_shared($1), pg_try_advisory_lock($1) as alone', [lockKey])
    .then(
      ({ rows }) => rows[0].alone,
      () => false,
    )
  if (alone) await stopServer(cluster)
  await client.end().catch(() => {})
}

/**
 * Serves the project's own Postgres from `folder`, on a port of 127.0.0.1 that stays the same; makes it at the first
 * start. Processes may share it: the last one to `stop()` shuts it down. One that is killed leaves the server running,
 * and the next start takes it over. For development and trying out, though nothing committed is lost in a crash.
 */
export const startEmbedded = async ({ folder, log = () => {} }: { folder: string; log?: (line: string) => void }) => {
  const account = await chooseAccount()
  const bin = await findBinaries(account)
  const { folder: realFolder, kept, home } = await recall(folder, account)
  const cluster = { account, bin, home }
  await initialise(cluster, kept.adminPassword)
  const session = await reach(cluster, kept.port, kept.adminPassword)
  let stopped: Promise<void> | undefined
  const stop = () => (stopped ??= leave(session, cluster))
  try {
    await remember(realFolder, kept, session.port)
    log(`embedded database at 127.0.0.1:${session.port}, data in ${home}`)
    const { ownerPassword, appPassword } = kept
    const adminUrl = urlAt(session.port, kept.adminPassword)
    const urls = await provision(adminUrl, { database: 'headway', ownerPassword, appPassword })
    return { ...urls, adminUrl, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
