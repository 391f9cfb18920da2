import { execFile, type SpawnOptions } from 'node:child_process'
import { chown, mkdir } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { promisify } from 'node:util'

const exec = promisify(execFile)

/** Whom the database runs as. Empty: as whoever runs this process. */
export type Account = { uid?: number; gid?: number }

// Nothing of the caller's PG* variables, language or time zone may leak into the cluster.
const env = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }

/** Options under which every program of the database is started. Its own folder may not be the caller's. */
export const runningAs = (account: Account): SpawnOptions => ({ ...account, cwd: '/', env })

/** Runs a program to its end as `account`; the error's message holds what it printed. */
export const runAs = async (account: Account, program: string, args: string[]): Promise<string> => {
  try {
    return (await exec(program, args, { ...account, cwd: '/', env })).stdout
  } catch (error) {
    const { stdout, stderr, message } = error as Error & { stdout?: string; stderr?: string }
    throw new Error([stderr, stdout].filter(Boolean).join('\n').trim() || message, { cause: error })
  }
}

/** Whether a process of this number exists, whoever it belongs to. */
export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

const idOf = async (flag: '-u' | '-g', name: string): Promise<number> => {
  const id = Number((await exec('id', [flag, name])).stdout)
  if (!id) throw new Error(`${name} is root`)
  return id
}

const refuseNameless = () => {
  try {
    userInfo()
  } catch {
    throw new Error(`Postgres runs only as a user with a name, and ${process.getuid?.()} has none: set DATABASE_URL.`)
  }
}

/**
 * Postgres refuses to run as root, so root steps down to an account that exists: `postgres`, else `nobody`, which
 * every distribution has. A bare number would not do: initdb looks its user up by name.
 */
export const chooseAccount = async (): Promise<Account> => {
  if (process.platform === 'win32') throw new Error('The embedded database does not run on Windows: set DATABASE_URL.')
  refuseNameless()
  if (process.getuid?.() !== 0) return {}
  for (const name of ['postgres', 'nobody']) {
    try {
      return { uid: await idOf('-u', name), gid: await idOf('-g', name) }
    } catch {
      // Not here: the next one.
    }
  }
  throw new Error('Postgres does not run as root, and neither a user postgres nor nobody exists: set DATABASE_URL.')
}

/** Makes a folder that belongs to `account` alone, and says whether that account can really get there and write. */
export const canOwn = async (account: Account, folder: string): Promise<boolean> => {
  try {
    await mkdir(folder, { recursive: true })
    if (account.uid !== undefined) await chown(folder, account.uid, account.gid ?? account.uid)
    await runAs(account, '/bin/sh', ['-c', 'cd "$1" && test -w . && chmod 700 .', 'sh', folder])
    return true
  } catch {
    return false
  }
}
