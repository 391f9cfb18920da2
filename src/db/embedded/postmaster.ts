import { readFile, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { isAlive, runAs } from './account.ts'
import { type Cluster, settings } from './cluster.ts'

const commandOf = async (pid: number): Promise<string | undefined> => {
  const listed = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined)
  return listed ?? runAs({}, 'ps', ['-ww', '-o', 'command=', '-p', String(pid)]).catch(() => undefined)
}

/** Left by a machine that lost power while it was written; Postgres refuses to start on it. */
const removeIfEmpty = async (file: string) => {
  const found = await stat(file).catch(() => undefined)
  if (found?.size === 0 && Date.now() - found.mtimeMs > 10_000) await rm(file, { force: true })
}

/**
 * The port on which the cluster is served now, by whoever started it; nothing if it is not. After a crash its number
 * may belong to another process, on which Postgres would refuse to start, so that such a pid file is removed.
 */
export const runningPort = async ({ home }: Cluster): Promise<number | undefined> => {
  const data = path.join(home, 'data')
  const file = path.join(data, 'postmaster.pid')
  await removeIfEmpty(file)
  const [pid, , , port] = (await readFile(file, 'utf8').catch(() => '')).split('\n')
  if (!pid || !port || !isAlive(Number(pid))) return undefined
  const command = await commandOf(Number(pid))
  if (command === undefined || (command.includes('postgres') && command.includes(data))) return Number(port)
  await rm(file, { force: true })
  return undefined
}

/** Starts the server apart from this process and its terminal, and waits until it takes connections. */
export const startServer = async ({ account, bin, home }: Cluster, port: number): Promise<void> => {
  const options = settings(port)
    .map((setting) => `-c ${setting}`)
    .join(' ')
  const args = ['start', '-D', path.join(home, 'data'), '-l', path.join(home, 'postgres.log'), '-w', '-t', '60']
  await runAs(account, path.join(bin, 'pg_ctl'), [...args, '-o', options])
}

/** Ends all connections, writes everything down and stops. A server that has crashed is stopped. */
export const stopServer = async (cluster: Cluster): Promise<void> => {
  if ((await runningPort(cluster)) === undefined) return
  const { account, bin, home } = cluster
  const args = ['stop', '-D', path.join(home, 'data'), '-m', 'fast', '-w', '-t', '60']
  await runAs(account, path.join(bin, 'pg_ctl'), args).catch(async (error) => {
    // One that dies meanwhile leaves its pid file, which pg_ctl takes for a refusal.
    if ((await runningPort(cluster)) !== undefined) throw error
  })
}
