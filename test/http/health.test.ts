import Fastify from 'fastify'
import { expect, test, vi } from 'vitest'
import { type HealthOptions, health } from '../../src/http/health.ts'

const build = (options: Partial<HealthOptions> = {}) => {
  const lines: string[] = []
  const app = Fastify({ logger: { level: 'info', stream: { write: (line: string) => void lines.push(line) } } })
  app.register(health, { check: async () => {}, ...options })
  const get = async (url: string) => {
    const answer = await app.inject(url)
    return { status: answer.statusCode, body: answer.json() }
  }
  return { get, lines, app }
}

test('ready while the check passes', async () => {
  const { get } = build()
  expect(await get('/health/ready')).toEqual({ status: 200, body: { status: 'ready' } })
})

test('not ready while it fails, and the reason goes to the log alone, once', async () => {
  const check = vi.fn(async () => {
    throw new Error('password authentication failed for user "headway"')
  })
  const { get, lines } = build({ check })
  for (let i = 0; i < 3; i++) {
    expect(await get('/health/ready')).toEqual({ status: 503, body: { status: 'not_ready' } })
  }
  expect(lines.filter((line) => line.includes('password authentication'))).toHaveLength(1)
  check.mockImplementation(async () => undefined as never)
  expect((await get('/health/ready')).status).toBe(200)
  expect(lines.at(-1)).toContain('ready again')
})

test('not ready when the check hangs', async () => {
  const { get } = build({ check: () => new Promise(() => {}), timeout: 20 })
  expect((await get('/health/ready')).status).toBe(503)
})

test('not ready while draining, but alive', async () => {
  const check = vi.fn(async () => {})
  const { get } = build({ check, isDraining: () => true })
  expect(await get('/health/ready')).toEqual({ status: 503, body: { status: 'draining' } })
  expect(check).not.toHaveBeenCalled()
  expect(await get('/health/live')).toEqual({ status: 200, body: { status: 'live' } })
})

test('probes that come together share one check', async () => {
  const gate = Promise.withResolvers<void>()
  const check = vi.fn(() => gate.promise)
  const { get } = build({ check })
  const probes = Promise.all([1, 2, 3].map(() => get('/health/ready')))
  await vi.waitFor(() => expect(check).toHaveBeenCalled())
  await new Promise((resolve) => setTimeout(resolve, 20))
  gate.resolve()
  expect((await probes).map(({ status }) => status)).toEqual([200, 200, 200])
  expect(check).toHaveBeenCalledTimes(1)
})

test('answers are not cached', async () => {
  expect((await build().app.inject('/health/ready')).headers['cache-control']).toBe('no-store')
})
