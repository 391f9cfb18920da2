import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { direct } from '../direct.ts'
import { provision } from '../provision.ts'
import { type Account, canOwn, chooseAccount, runningAs } from './account.ts'
import { findBinaries } from './binaries.ts'
import { type Cluster, freePort, initialise, logTail, settings } from './cluster.ts'

// Waits for its input to end, which happens also when this process is killed, then stops the server and tidies up.
const keeper = `
bin=$1; home=$2; shift 2
"$bin/postgres" -D "$home/data" "$@" >>"$home/postgres.log" 2>&1 </dev/null &
read -r line
kill -INT $! 2>/dev/null
wait $!
rm -rf "$home"`

const makeHome = async (account: Account): Promise<string> => {
  // The caller's own temporary folder may be closed to the account the database runs as.
  for (const parent of new Set([tmpdir(), '/tmp', '/var/tmp'])) {
    const home = await mkdtemp(path.join(parent, 'headway-')).catch(() => undefined)
    if (home && (await canOwn(account, home))) return home
    if (home) await rm(home, { recursive: true, force: true })
  }
  throw new Error('No temporary folder that the database can write to')
}

const run = async ({ account, bin, home }: Cluster, port: number) => {
  const options = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', ...settings(port)]
  const args = ['-c', keeper, 'sh', bin, home, ...options.flatMap((option) => ['-c', option])]
  const child = spawn('/bin/sh', args, { ...runningAs(account), detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()).once('error', () => resolve()))
  child.unref()
  ;(child.stdin as Socket).on('error', () => {}).unref()
  return async () => {
    child.ref()
    child.stdin?.end()
    await ended
  }
}

const untilReady = async (adminUrl: string, home: string) => {
  const deadline = Date.now() + 30_000
  for (;;) {
    try {
      return await direct(adminUrl, async () => {})
    } catch (cause) {
      const log = await logTail(home)
      // A connection that came too early is a FATAL line as well.
      if (Date.now() > deadline || /FATAL(?!.*starting up)/.test(log)) {
        throw new Error(`The temporary database does not start: ${log}`, { cause })
      }
      await sleep(50)
    }
  }
}

/**
 * A new, empty database for tests and measurements, in a folder of its own that goes with it. It forgoes fsync.
 * It stops with `stop()`, and also if this process is killed. Takes 1 to 3 s.
 */
export const startTemporary = async ({ log = () => {} }: { log?: (line: string) => void } = {}) => {
  const account = await chooseAccount()
  const cluster = { account, bin: await findBinaries(account), home: await makeHome(account) }
  const password = randomBytes(18).toString('base64url')
  let stop = async () => {
    await rm(cluster.home, { recursive: true, force: true })
  }
  try {
    await initialise(cluster, password, ['--no-sync'])
    const port = await freePort()
    const adminUrl = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`
    stop = await run(cluster, port)
    await untilReady(adminUrl, cluster.home)
    log(`temporary database at 127.0.0.1:${port}`)
    const urls = await provision(adminUrl, { database: 'headway', ownerPassword: password, appPassword: password })
    return { adminUrl, ...urls, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
