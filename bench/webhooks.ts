import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { v7 } from 'uuid'
import { writeEvents } from '../src/api/journal.ts'
import type { Event } from '../src/api/operation.ts'
import { connectPool } from '../src/db/pool.ts'
import { query } from '../src/db/statement.ts'
import { openTransaction } from '../src/db/transaction.ts'
import { createSender } from '../src/delivery/sender.ts'
import { startKeeper } from '../src/journal/keeper.ts'
import { feedReader } from '../src/modules/events/event.queries.ts'
import { modules } from '../src/modules/index.ts'
import { createOrganization } from '../src/modules/organization/organization.create.ts'
import { type Network, parseNetwork } from '../src/outbound/address.ts'
import { guardedAgent } from '../src/outbound/agent.ts'
import { openDatabase } from './database.ts'

/**
 * Webhooks under load, by hand: `node bench/webhooks.ts`. First 8 writers, of whose transactions 10 % are slow and 8 %
 * roll back, commit 5,000 events, which two nodes deliver to one endpoint; then one endpoint of seven hangs for 60 s.
 */
const writers = 8
const committed = 5_000
const rounds = 300

const database = await openDatabase()
const pool = connectPool({ url: database.appUrl })
const { organizationId, apiKey } = await createOrganization(pool, { name: 'Load' }, new Date())
const keyId = apiKey.split('_')[2]?.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') ?? ''

type Hit = { id: string; subject: string; at: number }
const hits = new Map<string, Hit[]>()
const server = createServer((request, response) => {
  const parts: Buffer[] = []
  request.on('data', (part: Buffer) => parts.push(part))
  request.on('end', () => {
    const { data } = JSON.parse(Buffer.concat(parts).toString()) as { data: { id: string; subject: { id: string } } }
    const path = request.url ?? ''
    const known = hits.get(path) ?? []
    hits.set(path, known)
    known.push({ id: data.id, subject: data.subject.id, at: performance.now() })
    setTimeout(() => response.writeHead(204).end(), path === '/hangs' ? 60_000 : 0)
  })
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const { port } = server.address() as AddressInfo

const inTenant = async (work: (db: Awaited<ReturnType<typeof openTransaction>>['db']) => Promise<unknown>) => {
  const transaction = await openTransaction(pool, organizationId, 'write')
  await work(transaction.db)
  await transaction.commit()
}
const subscribe = (path: string) =>
  inTenant(async (db) => {
    await query(
      db,
      undefined,
      `insert into webhook_endpoints (tenant_id, id, created_at, updated_at, url, event_types, state, created_by,
         creator_kind, creator_roles, creator_scopes, secret)
       values ($1, $2, now(), now(), $3, '{pillar.*}', 'enabled', $4, 'api_key', '{admin}', '{admin}', 'whsec_c2VjcmV0')`,
      [organizationId, v7(), `http://127.0.0.1:${port}${path}`, keyId],
    )
    await query(db, undefined, 'insert into webhook_cursors (tenant_id, seq) values ($1, 0) on conflict do nothing', [
      organizationId,
    ])
  })

const log = pino({ level: 'error' })
const node = () => {
  const own = connectPool({ url: database.appUrl, max: 8 })
  const agent = guardedAgent([parseNetwork('127.0.0.1') as Network])
  const keeper = startKeeper({ pool: own, log })
  const read = feedReader(modules.flatMap(({ resource }) => resource ?? []))
  const sender = createSender({ pool: own, clock: () => new Date(), read, log, agent, wrote: keeper.wake })
  keeper.onGrowth(sender.wake)
  return {
    keeper,
    stop: async () => {
      await keeper.stop()
      await sender.stop()
      await agent.destroy()
      await own.end()
    },
  }
}
const nodes = [node(), node()]

/** One transaction with one event; answers its subject, or null where it was rolled back. */
const write = async (isSlow: boolean, fails: boolean): Promise<string | null> => {
  const id = v7()
  const event: Event = { type: 'pillar.created', subject: { type: 'pillar', id } }
  const transaction = await openTransaction(pool, organizationId, 'write')
  const now = new Date().toISOString()
  await writeEvents({ db: transaction.db, now, actor: { kind: 'api_key', tenantId: organizationId, id: keyId } }, [
    event,
  ])
  if (isSlow) await sleep(20 + Math.random() * 80)
  await (fails ? transaction.rollback() : transaction.commit())
  for (const { keeper } of nodes) keeper.wake(organizationId)
  return fails ? null : id
}

await subscribe('/all')
const made = new Set<string>()
const start = performance.now()
const writer = async () => {
  while (made.size < committed) {
    const id = await write(Math.random() < 0.1, Math.random() < 0.08)
    if (id) made.add(id)
  }
}
await Promise.all(Array.from({ length: writers }, writer))
const wrote = performance.now() - start
const heard = () => hits.get('/all') ?? []
const isAllHeard = () => new Set(heard().map(({ subject }) => subject)).size >= made.size
while (!isAllHeard() && performance.now() - start < 300_000) await sleep(50)
const subjects = new Set(heard().map(({ subject }) => subject))
const missed = [...made].filter((id) => !subjects.has(id)).length
const strange = [...subjects].filter((id) => !made.has(id)).length
console.log(
  `${made.size} events written in ${(wrote / 1000).toFixed(1)} s, delivered by two nodes after ${((performance.now() - start) / 1000).toFixed(1)} s:`,
  `${missed} missed, ${strange} of transactions that rolled back, ${heard().length - new Set(heard().map(({ id }) => id)).size} doubled`,
)

const quick = [1, 2, 3, 4, 5, 6].map((each) => `/quick${each}`)
await inTenant((db) =>
  query(db, undefined, `update webhook_endpoints set state = 'disabled' where tenant_id = $1`, [organizationId]),
)
for (const path of ['/hangs', ...quick]) await subscribe(path)
const began = new Map<string, number>()
for (let round = 0; round < rounds; round++) {
  const id = await write(false, false)
  began.set(id as string, performance.now())
  await sleep(100)
}
while (quick.some((path) => (hits.get(path)?.length ?? 0) < rounds)) await sleep(50)
const late = quick
  .flatMap((path) => (hits.get(path) ?? []).map(({ subject, at }) => at - (began.get(subject) ?? at)))
  .toSorted((one, other) => one - other)
const at = (part: number) => (late[Math.floor(late.length * part)] ?? 0).toFixed(0)
console.log(
  `one of seven endpoints hangs: ${late.length} deliveries to the others, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${at(0.9999)} ms;`,
  `the one that hangs was tried ${hits.get('/hangs')?.length ?? 0} times`,
)

server.closeAllConnections()
server.close()
await Promise.all(nodes.map(({ stop }) => stop()))
await pool.end()
await database.stop()
