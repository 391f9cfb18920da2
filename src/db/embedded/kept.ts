import { createHash, randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { link, mkdir, readFile, realpath, rename, rmdir, stat, unlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { type Account, canOwn, runAs } from './account.ts'
import { outsideFolder } from './binaries.ts'
import { freePort } from './cluster.ts'

/** What a project remembers of its database, in `database.json`, readable by whoever started it first. */
export type Kept = {
  /** Where the data lies: relative to the folder, or absolute where the database's account cannot reach that. */
  home: string
  /** The folder this was written for, to tell a moved checkout from a copied one. */
  folder: string
  port: number
  adminPassword: string
  ownerPassword: string
  appPassword: string
}

const fileOf = (folder: string) => path.join(folder, 'database.json')

const read = async (folder: string): Promise<Kept | undefined> => {
  const text = await readFile(fileOf(folder), 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return undefined
    throw new Error(`${fileOf(folder)} cannot be read: was the database first started by another user?`, {
      cause: error,
    })
  })
  return text === undefined ? undefined : JSON.parse(text)
}

const writeBeside = async (folder: string, kept: Kept): Promise<string> => {
  const beside = `${fileOf(folder)}.${process.pid}.${randomBytes(4).toString('hex')}`
  await writeFile(beside, `${JSON.stringify(kept, null, 2)}\n`, { mode: 0o600, flush: true })
  return beside
}

const chooseHome = async (folder: string, account: Account): Promise<string> => {
  const inside = path.join(folder, 'postgres')
  if (await canOwn(account, inside)) return 'postgres'
  await rmdir(inside).catch(() => {})
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 16)
  const outside = path.join(await outsideFolder(account), name)
  // Taken by a checkout that lay here before, or by this one's before its folder was removed.
  return existsSync(outside) ? `${outside}-${randomBytes(4).toString('hex')}` : outside
}

const create = async (folder: string, account: Account): Promise<Kept> => {
  const home = await chooseHome(folder, account)
  const data = path.resolve(folder, home, 'data')
  if (existsSync(data)) {
    const others = await read(folder)
    if (others) return others
    throw new Error(`${data} holds a database whose passwords (${fileOf(folder)}) are gone: restore or remove either.`)
  }
  const secret = () => randomBytes(24).toString('base64url')
  const passwords = { adminPassword: secret(), ownerPassword: secret(), appPassword: secret() }
  const beside = await writeBeside(folder, { home, folder, port: await freePort(), ...passwords })
  // Linking fails if the file exists: of two first starts at once, both go on with what one wrote.
  await link(beside, fileOf(folder)).catch((error) => {
    if (error.code !== 'EEXIST') throw error
  })
  await unlink(beside)
  return (await read(folder)) as Kept
}

/** A copied checkout would share the database that lies outside of both. It gets its own. */
const isCopy = (kept: Kept, folder: string): boolean =>
  path.isAbsolute(kept.home) && kept.folder !== folder && existsSync(fileOf(kept.folder))

/** Reads what `folder` remembers, or makes it up at the first start. Also gives the absolute path of the data. */
export const recall = async (
  folder: string,
  account: Account,
): Promise<{ folder: string; kept: Kept; home: string }> => {
  await mkdir(folder, { recursive: true })
  const real = await realpath(folder)
  let kept = await read(real)
  if (kept && isCopy(kept, real)) {
    await unlink(fileOf(real))
    kept = undefined
  }
  kept ??= await create(real, account)
  const home = path.resolve(real, kept.home)
  if (!(await canOwn(account, home))) throw new Error(`The database's account cannot write to ${home}.`)
  // Another image, another number for the same account; or a copy made by root.
  const owner = await stat(path.join(home, 'data')).catch(() => undefined)
  if (owner && account.uid !== undefined && owner.uid !== account.uid) {
    await runAs({}, 'chown', ['-R', `${account.uid}:${account.gid}`, home])
  }
  return { folder: real, kept, home: await realpath(home) }
}

/** Remembers port and place, so that others find the database at the same address, and a copy is told from a move. */
export const remember = async (folder: string, kept: Kept, port: number): Promise<void> => {
  if (kept.port === port && kept.folder === folder) return
  await rename(await writeBeside(folder, { ...kept, folder, port }), fileOf(folder))
}
