import { lookup } from 'node:dns'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import { afterAll, expect, inject } from 'vitest'
import { type Journal, unheard } from '../../src/api/journal.ts'
import { connectPool } from '../../src/db/pool.ts'
import { createSender } from '../../src/delivery/sender.ts'
import { startKeeper } from '../../src/journal/keeper.ts'
import { feedReader } from '../../src/modules/events/event.queries.ts'
import { modules } from '../../src/modules/index.ts'
import { type Network, parseNetwork } from '../../src/outbound/address.ts'
import { guardedAgent, type Resolve } from '../../src/outbound/agent.ts'
import { type Caller, createWorld } from './app.ts'

export const loopback = [parseNetwork('127.0.0.1') as Network]

export type Received = { path: string; at: number; headers: IncomingHttpHeaders; body: string; data: any }
type Reply = (response: ServerResponse, request: Received) => void

/** A server on this machine that keeps what it is sent, and answers 204 unless told otherwise by path. */
export const receiver = async () => {
  const received: Received[] = []
  const replies = new Map<string, Reply>()
  const server = createServer((incoming, response) => {
    const parts: Buffer[] = []
    incoming.on('data', (part: Buffer) => parts.push(part))
    incoming.on('end', () => {
      const body = Buffer.concat(parts).toString()
      const { url = '', headers } = incoming
      const request = { path: url, at: performance.now(), headers, body, data: JSON.parse(body) }
      received.push(request)
      const reply = replies.get(url)
      if (reply) reply(response, request)
      else response.writeHead(204).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return {
    port,
    url: (path: string) => `http://127.0.0.1:${port}${path}`,
    at: (path: string) => received.filter((request) => request.path === path),
    reply: (path: string, reply: Reply) => void replies.set(path, reply),
    status: (path: string, ...statuses: number[]) => {
      let asked = 0
      replies.set(path, (response) =>
        response.writeHead(statuses[Math.min(asked++, statuses.length - 1)] as number).end('told'),
      )
    },
    hangUp: () => server.closeAllConnections(),
  }
}

/** A name that leads to an allowed address and to one inside. */
const resolve: Resolve = (name, options, answer) =>
  name === 'inside.example'
    ? answer(null, [
        { address: '127.0.0.1', family: 4 },
        { address: '10.0.0.1', family: 4 },
      ])
    : lookup(name, options, answer)

const read = feedReader(modules.flatMap(({ resource }) => resource ?? []))

/** A node's sender for one organization. */
export const senderFor = (organizationId: string) => {
  const pool = connectPool({ url: inject('appUrl'), max: 6 })
  const log = pino({ level: 'silent' })
  const agent = guardedAgent(loopback, resolve)
  const keeper = startKeeper({ pool, log })
  const options = { pool, clock: () => new Date(), read }
  const sender = createSender({ ...options, log, agent, wrote: keeper.wake })
  keeper.onGrowth((tenantId) => {
    if (tenantId === organizationId) sender.wake(tenantId)
  })
  afterAll(async () => {
    await keeper.stop()
    await sender.stop()
    await agent.destroy()
    await pool.end()
  })
  return { sender, keeper, options }
}

/** A world whose events are sequenced; deliveries go out as soon as somebody subscribes. */
export const sendingWorld = async () => {
  // The app needs the keeper, which needs the organization, which the app makes.
  const kept: { keeper?: ReturnType<typeof startKeeper> } = {}
  const journal: Journal = {
    wake: (tenantId) => kept.keeper?.wake(tenantId),
    watch: (tenantId) => kept.keeper?.watch(tenantId) ?? unheard.watch(tenantId),
  }
  const world = await createWorld({ networks: loopback, journal })
  const node = senderFor(world.organizationId)
  kept.keeper = node.keeper
  const subscribe = async (url: string, given: object = {}, call: Caller = world.call): Promise<any> => {
    const answer = await call('POST', '/v1/webhook-endpoints', { url, eventTypes: ['*'], ...given })
    expect(answer.status, JSON.stringify(answer.body)).toBe(201)
    return answer.body
  }
  const pillar = async (title = 'Pillar'): Promise<any> => (await world.call('POST', '/v1/pillars', { title })).body
  const deliveries = async (endpointId: string): Promise<any[]> =>
    (await world.call('GET', `/v1/webhook-deliveries?endpointId=${endpointId}&sort=createdAt&limit=100`)).body.items
  const endpoint = async (id: string): Promise<any> => (await world.call('GET', `/v1/webhook-endpoints/${id}`)).body
  /** SQL inside the organization, for what would take days. */
  const sql = async (text: string, ...values: unknown[]): Promise<any[]> => {
    const client = await world.pool.connect()
    try {
      await client.query(`begin; set local app.tenant = '${world.organizationId}'`)
      const { rows } = await client.query(text, values)
      await client.query('commit')
      return rows
    } finally {
      client.release()
    }
  }
  /** Switches off whatever earlier tests subscribed. */
  const alone = () => sql(`update webhook_endpoints set state = 'disabled'`)
  return { ...world, ...node, subscribe, pillar, deliveries, endpoint, sql, alone }
}

/** What is read, once it is as it should be. */
export const until = async <T>(read: () => T | Promise<T>, is: (value: T) => boolean): Promise<T> => {
  await expect.poll(async () => is(await read()), { timeout: 15_000, interval: 20 }).toBe(true)
  return read()
}
