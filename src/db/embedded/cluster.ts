import { randomInt } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chown, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Account, isAlive, runAs } from './account.ts'

export type Cluster = { account: Account; bin: string; home: string }

/** The settings of every start. A small machine is assumed; the answer to it being too small is DATABASE_URL. */
export const settings = (port: number): string[] => [
  `port=${port}`,
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'timezone=UTC',
  'log_timezone=UTC',
  'shared_buffers=128MB',
  'jit=off',
  // Parallel workers share memory through /dev/shm, of which a container has 64 MB.
  'max_parallel_workers_per_gather=0',
  'wal_level=minimal',
  'max_wal_senders=0',
]

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer().once('error', () => resolve(false))
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)))
  })

/** A port of the loopback address that nobody listens on now: `wanted`, unless a stranger keeps that one. */
export const freePort = async (wanted?: number): Promise<number> => {
  // Asked again, because our own server may be just about to let go of it.
  for (const pause of wanted === undefined ? [] : [0, 100, 300]) {
    await sleep(pause)
    if (await isFree(wanted as number)) return wanted as number
  }
  for (let tries = 0; tries < 50; tries += 1) {
    // Below those that systems give to outgoing connections, one of which might be in the way at the next start.
    const port = randomInt(20_000, 30_000)
    if (await isFree(port)) return port
  }
  throw new Error('No free port at 127.0.0.1')
}

/** What killed processes left of their attempts. An initdb that outlived its process may be busy there: next time. */
const removeLeftovers = async (home: string) => {
  for (const name of await readdir(home)) {
    const [, maker] = /^init-(\d+)-/.exec(name) ?? []
    if (!maker || isAlive(Number(maker))) continue
    await rm(path.join(home, name), { recursive: true, force: true }).catch(() => {})
  }
}

/**
 * Makes the cluster in `home`/data unless it is there. It is made beside and renamed at last, so that neither a
 * kill half-way nor a second process doing the same leaves something that looks finished.
 */
export const initialise = async ({ account, bin, home }: Cluster, password: string, extra: string[] = []) => {
  const data = path.join(home, 'data')
  await removeLeftovers(home)
  const finished = () => existsSync(path.join(data, 'PG_VERSION'))
  if (finished()) return
  const beside = await mkdtemp(path.join(home, `init-${process.pid}-`))
  try {
    const passwordFile = path.join(beside, 'password')
    await writeFile(passwordFile, password, { mode: 0o600 })
    if (account.uid !== undefined) {
      await chown(beside, account.uid, account.gid ?? account.uid)
      await chown(passwordFile, account.uid, account.gid ?? account.uid)
    }
    const login = ['--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256']
    // The same order of text on every system, whatever languages it has installed.
    const text = ['--encoding=UTF8', '--locale-provider=builtin', '--locale=C.UTF-8']
    const made = path.join(beside, 'data')
    await runAs(account, path.join(bin, 'initdb'), ['-D', made, ...login, ...text, ...extra])
    await rename(made, data).catch((error) => {
      if (!finished()) throw new Error(`${data} is not a database and in the way: remove it.`, { cause: error })
    })
  } finally {
    await rm(beside, { recursive: true, force: true })
  }
}

/** The end of the server's own log, for an error message. */
export const logTail = async (home: string): Promise<string> =>
  readFile(path.join(home, 'postgres.log'), 'utf8').then(
    (text) => text.trimEnd().split('\n').slice(-8).join('\n'),
    () => '',
  )
