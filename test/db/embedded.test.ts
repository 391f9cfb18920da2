import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { direct } from '../../src/db/direct.ts'
import { startEmbedded } from '../../src/db/embedded/embedded.ts'
import { startTemporary } from '../../src/db/embedded/temporary.ts'

const source = fileURLToPath(new URL('../../src/db/embedded', import.meta.url))

let folder: string
let data: string
const cleanUp: (() => unknown)[] = []

const newProject = async () => {
  const project = await mkdtemp(path.join(tmpdir(), 'headway-project-'))
  await chmod(project, 0o755)
  folder = path.join(project, '.headway')
  data = path.join(folder, 'postgres', 'data')
  return () => rm(project, { recursive: true, force: true })
}

afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step()
})

const start = async () => {
  const database = await startEmbedded({ folder })
  cleanUp.push(database.stop)
  return database
}

const ask = (url: string, sql: string) => direct(url, async (client) => (await client.query(sql)).rows)

const serverPid = async () => Number((await readFile(path.join(data, 'postmaster.pid'), 'utf8')).split('\n')[0])

/** Another Node process that runs `code` with both starters at hand, until it has printed a line. */
const otherProcess = async (code: string) => {
  const script = `
    const { startEmbedded } = await import(${JSON.stringify(path.join(source, 'embedded.ts'))})
    const { startTemporary } = await import(${JSON.stringify(path.join(source, 'temporary.ts'))})
    ${code}`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  cleanUp.push(() => child.kill('SIGKILL'))
  const [line] = await once(child.stdout, 'data')
  return { line: String(line).trim(), kill: async () => (child.kill('SIGKILL'), once(child, 'exit')) }
}

const startElsewhere = () =>
  otherProcess(`
    const database = await startEmbedded({ folder: ${JSON.stringify(folder)} })
    console.log(database.ownerUrl)
    setInterval(() => {}, 1_000)`)

describe('the embedded database', () => {
  let removeProject: () => Promise<void>

  // One for all: making it takes longer than every other step.
  beforeAll(async () => {
    removeProject = await newProject()
  })
  afterAll(() => removeProject())

  test('keeps data, address and passwords from one start to the next', async () => {
    const first = await start()
    await ask(first.ownerUrl, 'create table kept as select 42 as answer')
    await first.stop()
    await expect(ask(first.ownerUrl, 'select 1')).rejects.toThrow('ECONNREFUSED')

    const second = await start()
    expect(second.ownerUrl).toBe(first.ownerUrl)
    expect(second.appUrl).toBe(first.appUrl)
    expect(await ask(second.ownerUrl, 'select answer from kept')).toEqual([{ answer: 42 }])
    expect(await ask(second.ownerUrl, 'show fsync')).toEqual([{ fsync: 'on' }])
  })

  test('is reached from this machine only, with a password that only its user can read', async () => {
    const { ownerUrl } = await start()
    expect(await ask(ownerUrl, 'show listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }])
    const url = new URL(ownerUrl)
    url.password = 'guessed'
    await expect(ask(url.href, 'select 1')).rejects.toThrow('password authentication failed')
    expect((await stat(path.join(folder, 'database.json'))).mode & 0o777).toBe(0o600)
  })

  test('is taken over when the process that started it was killed', async () => {
    const other = await startElsewhere()
    const pid = await serverPid()
    await other.kill()
    const { ownerUrl, stop } = await start()
    expect(ownerUrl).toBe(other.line)
    expect(await serverPid()).toBe(pid)
    await stop()
    await expect(ask(ownerUrl, 'select 1')).rejects.toThrow('ECONNREFUSED')
  })

  test('serves two processes and goes with the last', async () => {
    const [first, second] = await Promise.all([start(), start()])
    expect(second.ownerUrl).toBe(first.ownerUrl)
    await first.stop()
    expect(await ask(second.ownerUrl, 'select 1 as alive')).toEqual([{ alive: 1 }])
    await second.stop()
    await expect(ask(second.ownerUrl, 'select 1')).rejects.toThrow('ECONNREFUSED')
  })

  test('starts after a crash of the server, with what was committed', async () => {
    const { ownerUrl, stop } = await start()
    await ask(ownerUrl, 'create table survived as select 42 as answer')
    process.kill(await serverPid(), 'SIGKILL')
    await stop()
    const again = await start()
    expect(await ask(again.ownerUrl, 'select answer from survived')).toEqual([{ answer: 42 }])
  })

  test('starts although the number of a crashed server belongs to another process now', async () => {
    const { stop } = await start()
    const file = path.join(data, 'postmaster.pid')
    const left = await readFile(file, 'utf8')
    const { uid, gid } = await stat(data)
    await stop()
    // As the same user, since Postgres takes a foreign user's process for what it is.
    const stranger = spawn('sleep', ['60'], process.getuid?.() === 0 ? { uid, gid } : {})
    cleanUp.push(() => stranger.kill())
    await writeFile(file, left.replace(/^\d+/, String(stranger.pid)))
    const { ownerUrl } = await start()
    expect(await ask(ownerUrl, 'select 1 as alive')).toEqual([{ alive: 1 }])
  })

  test('starts although the file with its number was never finished', async () => {
    const { stop } = await start()
    await stop()
    const file = path.join(data, 'postmaster.pid')
    await writeFile(file, '')
    await utimes(file, new Date(0), new Date(0))
    const { ownerUrl } = await start()
    expect(await ask(ownerUrl, 'select 1 as alive')).toEqual([{ alive: 1 }])
  })

  test('moves to another port when a stranger has taken its own', async () => {
    const first = await start()
    await first.stop()
    const stranger = createServer().listen(Number(new URL(first.ownerUrl).port), '127.0.0.1')
    await once(stranger, 'listening')
    cleanUp.push(() => stranger.close())
    const second = await start()
    expect(new URL(second.ownerUrl).port).not.toBe(new URL(first.ownerUrl).port)
    expect(await ask(second.ownerUrl, 'select 1 as alive')).toEqual([{ alive: 1 }])
  })
})

describe('a first start', () => {
  beforeEach(async () => {
    cleanUp.push(await newProject())
  })

  test('starts after a first start that was killed half-way', async () => {
    const unfinished = path.join(folder, 'postgres', 'init-999999999-abc', 'data')
    await mkdir(unfinished, { recursive: true })
    await writeFile(path.join(unfinished, 'PG_VERSION'), '18\n')
    const { ownerUrl } = await start()
    expect(await ask(ownerUrl, 'select 1 as alive')).toEqual([{ alive: 1 }])
    await expect(stat(unfinished)).rejects.toThrow('ENOENT')
  })

  test('says which file is missing when the passwords are gone', async () => {
    const { stop } = await start()
    await stop()
    await rm(path.join(folder, 'database.json'))
    await expect(start()).rejects.toThrow('database.json')
  })
})

describe('a temporary database', () => {
  test('goes with stop()', async () => {
    const { ownerUrl, stop } = await startTemporary()
    const [row] = await ask(ownerUrl, `select current_user as name, current_database() as database`)
    expect(row).toEqual({ name: 'headway_owner', database: 'headway' })
    await stop()
    await expect(ask(ownerUrl, 'select 1')).rejects.toThrow('ECONNREFUSED')
  })

  test('goes with the process that started it, even if that is killed', async () => {
    const other = await otherProcess(`
      const { adminUrl } = await startTemporary()
      console.log(adminUrl)
      setInterval(() => {}, 1_000)`)
    const [row] = await ask(other.line, `select current_setting('data_directory') as folder`)
    await other.kill()
    await expect.poll(() => stat(row.folder).catch((error) => error.code)).toBe('ENOENT')
    await expect(ask(other.line, 'select 1')).rejects.toThrow('ECONNREFUSED')
  })
})
