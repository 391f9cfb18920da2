import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { afterAll, inject, vi } from 'vitest'
import { run } from '../../src/cli/program.ts'
import { direct } from '../../src/db/direct.ts'
import { provision } from '../../src/db/provision.ts'

export type Ran = { code: number; out: string; err: string; json: () => any }
export type Database = { ownerUrl: string; appUrl: string }

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))

/** Runs `headway` as a process of its own, in another folder, with nothing in its environment but what is given. */
export const headwayProcess = (env: Record<string, string>, ...args: string[]): Promise<Ran> =>
  new Promise((resolve) => {
    const options = { cwd: tmpdir(), env: { PATH: process.env.PATH, ...env } }
    execFile(process.execPath, [main, ...args], options, (error, out, err) => {
      const code = error === null ? 0 : Number(error.code)
      resolve({ code, out, err, json: () => JSON.parse(out) })
    })
  })

/** The same within this process, which saves loading everything anew; one at a time. */
export const headway = async (env: Record<string, string>, ...args: string[]): Promise<Ran> => {
  const texts = { stdout: '', stderr: '' }
  const spies = (['stdout', 'stderr'] as const).map((stream) =>
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      texts[stream] += String(text)
      return true
    }),
  )
  for (const name of ['DATABASE_URL', 'DATABASE_OWNER_URL']) vi.stubEnv(name, env[name])
  try {
    await run(args)
    return {
      code: Number(process.exitCode ?? 0),
      out: texts.stdout,
      err: texts.stderr,
      json: () => JSON.parse(texts.stdout),
    }
  } finally {
    process.exitCode = undefined
    vi.unstubAllEnvs()
    for (const spy of spies) spy.mockRestore()
  }
}

/** An empty database on the test server, gone after the file. */
export const emptyDatabase = async (): Promise<Database> => {
  const adminUrl = inject('adminUrl')
  const database = `headway_cli_${randomBytes(6).toString('hex')}`
  // The roles are shared with every other test of the server, and so are their passwords.
  const passwordOf = (url: string) => decodeURIComponent(new URL(url).password)
  const urls = await provision(adminUrl, {
    database,
    ownerPassword: passwordOf(inject('ownerUrl')),
    appPassword: passwordOf(inject('appUrl')),
  })
  afterAll(() => direct(adminUrl, (admin) => admin.query(`drop database if exists ${database} with (force)`)))
  return urls
}
