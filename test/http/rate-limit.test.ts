import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import Fastify from 'fastify'
import { describe, expect, test, vi } from 'vitest'
import { Problem } from '../../src/api/problem.ts'
import { type LimitOptions, rateLimits } from '../../src/http/rate-limit.ts'

/** Authentication as an app would do it: `bad` is no credential, anything else is a key of the tenant after the colon. */
const build = async (options: Partial<LimitOptions> = {}) => {
  const clock = { ms: 0 }
  const gate = Promise.withResolvers<void>()
  const app = Fastify()
  app.setErrorHandler((error: Problem, _request, reply) => {
    if (error.retryAfter !== undefined) reply.header('retry-after', error.retryAfter)
    reply.code(error.status).send(error.toJSON())
  })
  await app.register(rateLimits, { rate: { perSecond: 1, burst: 3 }, now: () => clock.ms, ...options })
  app.addHook('onRequest', async ({ headers, ip }, reply) => {
    const [id = 'bad', tenantId = ''] = String(headers.authorization).split(':')
    if (id === 'bad') {
      app.limits.failed(ip)
      throw new Problem('unauthenticated')
    }
    app.limits.take(reply, { id, tenantId })
  })
  app.get('/', async () => 'ok')
  app.get('/slow', async () => {
    await gate.promise
    return 'ok'
  })
  const get = async (authorization: string, url = '/', remoteAddress = '192.0.2.1') =>
    app.inject({ url, headers: { authorization }, remoteAddress })
  return { app, clock, gate, get }
}

describe('per credential', () => {
  test('the headers count down and the refusal says when to come back', async () => {
    const { clock, get } = await build()
    const first = await get('key:t')
    expect(first.headers).toMatchObject({ 'ratelimit-policy': '"default";q=3;w=3', ratelimit: '"default";r=2;t=1' })
    await get('key:t')
    expect((await get('key:t')).headers).toMatchObject({ ratelimit: '"default";r=0;t=3' })
    const refused = await get('key:t')
    expect(refused.statusCode).toBe(429)
    expect(refused.json()).toMatchObject({ code: 'too_many_requests' })
    expect(refused.headers).toMatchObject({
      'retry-after': '1',
      ratelimit: '"default";r=0;t=3',
      'ratelimit-policy': '"default";q=3;w=3',
    })
    expect((await get('other:t')).statusCode).toBe(200)
    clock.ms += 1000
    expect((await get('key:t')).statusCode).toBe(200)
  })

  test('off', async () => {
    const { get } = await build({ rate: null })
    for (let i = 0; i < 300; i++) expect((await get('key:t')).statusCode).toBe(200)
    expect((await get('key:t')).headers).not.toHaveProperty('ratelimit')
  })
})

describe('per tenant', () => {
  test('places are given back with the answer', async () => {
    const { gate, get } = await build({ rate: null, concurrentPerTenant: 2 })
    const waiting = [get('a:t', '/slow'), get('b:t', '/slow')]
    await vi.waitFor(async () => expect((await get('c:t')).statusCode).toBe(429))
    expect((await get('c:t')).headers['retry-after']).toBe('1')
    expect((await get('c:u')).statusCode).toBe(200)
    gate.resolve()
    for (const answer of await Promise.all(waiting)) expect(answer.statusCode).toBe(200)
    expect((await get('c:t')).statusCode).toBe(200)
  })

  test('and when the client hangs up before it', async () => {
    const { app, gate, get } = await build({ rate: null, concurrentPerTenant: 1 })
    await app.listen({ port: 0, host: '127.0.0.1' })
    const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
    await once(socket, 'connect')
    socket.write('GET /slow HTTP/1.1\r\nhost: here\r\nauthorization: a:t\r\n\r\n')
    await vi.waitFor(async () => expect((await get('c:t')).statusCode).toBe(429))
    socket.destroy()
    await vi.waitFor(async () => expect((await get('c:t')).statusCode).toBe(200))
    gate.resolve()
    await app.close()
  })
})

test('a client that hangs up during authentication occupies nothing', async () => {
  const gate = Promise.withResolvers<void>()
  const app = Fastify()
  await app.register(rateLimits, { rate: null, concurrentPerTenant: 1 })
  let gone = false
  const arrived = Promise.withResolvers<void>()
  app.addHook('onRequest', async (_request, reply) => {
    arrived.resolve()
    reply.raw.once('close', () => {
      gone = true
    })
    await gate.promise
    app.limits.take(reply, { id: 'a', tenantId: 't' })
  })
  app.get('/', async () => 'ok')
  await app.listen({ port: 0, host: '127.0.0.1' })
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
  await once(socket, 'connect')
  socket.write('GET / HTTP/1.1\r\nhost: here\r\n\r\n')
  await arrived.promise
  socket.destroy()
  await vi.waitFor(() => expect(gone).toBe(true))
  gate.resolve()
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect((await app.inject('/')).statusCode).toBe(200)
  await app.close()
})

describe('per address', () => {
  test('after ten failures the next one waits, there only; a good credential passes', async () => {
    const { clock, get } = await build()
    for (let i = 0; i < 10; i++) expect((await get('bad')).statusCode).toBe(401)
    const refused = await get('bad')
    expect(refused.statusCode).toBe(429)
    expect(refused.headers['retry-after']).toBe('6')
    expect((await get('key:t')).statusCode).toBe(200)
    expect((await get('bad', '/', '192.0.2.2')).statusCode).toBe(401)
    clock.ms += 6_000
    expect((await get('bad')).statusCode).toBe(401)
  })

  test('good credentials cost an address nothing', async () => {
    const { get } = await build({ rate: null })
    for (let i = 0; i < 50; i++) expect((await get('key:t')).statusCode).toBe(200)
  })

  test('an IPv6 host cannot move within its network', async () => {
    const { get } = await build()
    for (let i = 0; i < 10; i++) await get('bad', '/', `2001:db8::${i}`)
    expect((await get('bad', '/', '2001:db8::ffff')).statusCode).toBe(429)
    expect((await get('bad', '/', '2001:db8:0:1::1')).statusCode).toBe(401)
  })
})
