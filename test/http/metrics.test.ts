import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import Fastify from 'fastify'
import { Counter } from 'prom-client'
import { expect, test, vi } from 'vitest'
import { metrics } from '../../src/http/metrics.ts'

const build = async (pool?: () => { totalCount: number; idleCount: number; waitingCount: number }) => {
  const gate = Promise.withResolvers<void>()
  const app = Fastify()
  await app.register(metrics, { pool })
  app.get('/things/:id', async () => 'ok')
  app.post('/things', async (_request, reply) => reply.code(201).send())
  app.get('/slow', () => gate.promise)
  const scrape = async () => (await app.inject('/metrics')).body
  return { app, gate, scrape }
}

test('requests are counted by method, route pattern and status', async () => {
  const { app, scrape } = await build()
  await app.inject('/things/1')
  await app.inject('/things/2?secret=x')
  await app.inject({ method: 'POST', url: '/things' })
  await app.inject('/nowhere/3')
  const text = await scrape()
  expect(text).toContain('http_request_duration_seconds_count{method="GET",route="/things/:id",status="200"} 2')
  expect(text).toContain('http_request_duration_seconds_count{method="POST",route="/things",status="201"} 1')
  expect(text).toContain('http_request_duration_seconds_count{method="GET",route="unmatched",status="404"} 1')
  expect(text).not.toMatch(/secret|nowhere|things\/1/)
})

test('requests under way, until the client goes away', async () => {
  const { app, gate, scrape } = await build()
  await app.listen({ port: 0, host: '127.0.0.1' })
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
  await once(socket, 'connect')
  socket.write('GET /slow HTTP/1.1\r\nhost: here\r\n\r\n')
  await vi.waitFor(async () => expect(await scrape()).toContain('http_requests_in_flight 2'))
  socket.destroy()
  await vi.waitFor(async () => expect(await scrape()).toContain('http_requests_in_flight 1'))
  expect(await scrape()).toMatch(/_count\{method="GET",route="\/slow",status="aborted"\} 1/)
  gate.resolve()
  await app.close()
})

test('the pool as it is at the scrape', async () => {
  const pool = { totalCount: 7, idleCount: 2, waitingCount: 3 }
  const { scrape } = await build(() => pool)
  expect(await scrape()).toContain('pg_pool_connections{state="used"} 5')
  pool.idleCount = 7
  expect(await scrape()).toContain('pg_pool_connections{state="used"} 0')
  expect(await scrape()).toContain('pg_pool_connections{state="waiting"} 3')
})

test('apps have registries of their own and share the process metrics', async () => {
  const [one, two] = [await build(), await build()]
  new Counter({ name: 'only_here_total', help: 'x', registers: [one.app.metrics] })
  expect(await one.scrape()).toMatch(/only_here_total 0/)
  const text = await two.scrape()
  expect(text).not.toContain('only_here_total')
  expect(text.match(/^# TYPE process_cpu_seconds_total /gm)).toHaveLength(1)
  expect(text).toContain('nodejs_eventloop_lag_seconds')
  const answer = await two.app.inject('/metrics')
  expect(answer.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/)
})
