import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { migrate } from '../../src/db/migrate.ts'
import { emptyDatabase } from './run.ts'

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

// Its jobs visit every organization there is, so it must not find those of other tests.
const { appUrl, ownerUrl } = await emptyDatabase()
await migrate(ownerUrl)

/** The service as a process of its own. */
const start = (env: Record<string, string>) => {
  const child = spawn(process.execPath, [main], {
    env: { DATABASE_URL: appUrl, LOG_LEVEL: 'silent', ...env },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const exit = once(child, 'exit')
  return { child, exit }
}

const firstOutput = async (child: ReturnType<typeof spawn>) => String((await once(child.stdout!, 'data'))[0])

const statusOf = async (url: string) => (await fetch(url)).status

test('it says where it listens, drains on SIGTERM while it still serves, and ends in order', async () => {
  const { child, exit } = start({ PORT: '0' })
  const text = await firstOutput(child)
  const [, url] = /Start page +(\S+)\/\n/.exec(text) ?? []
  expect(await statusOf(`${url}/health/ready`)).toBe(200)

  child.kill('SIGTERM')
  await expect.poll(() => statusOf(`${url}/health/ready`)).toBe(503)
  expect(await statusOf(`${url}/openapi.json`)).toBe(200)
  child.kill('SIGINT')
  expect(await exit).toEqual([0, null])
})

test('a port in use is told in one line', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void taken.close())
  await once(taken, 'listening')
  const { port } = taken.address() as { port: number }
  const { child, exit } = start({ PORT: String(port) })
  let said = ''
  child.stderr.on('data', (data) => {
    said += String(data)
  })
  expect(await exit).toEqual([1, null])
  expect(said).toBe(`headway: listen EADDRINUSE: address already in use 127.0.0.1:${port}\n`)
})

test('wrong settings are all named', () => {
  expect(() => readConfig({ PORT: 'http', RATE_LIMIT: '-1' })).toThrow(/PORT: .*\n {2}RATE_LIMIT: /)
  expect(() => readConfig({ JWT_ISSUER: 'https://issuer.example' })).toThrow('belong together')
})
