import { buildApp } from '../../src/app.ts'
import { connectPool } from '../../src/db/pool.ts'
import { createSender } from '../../src/delivery/sender.ts'
import { startKeeper } from '../../src/journal/keeper.ts'
import { feedReader } from '../../src/modules/events/event.queries.ts'
import { modules } from '../../src/modules/index.ts'
import { type Network, parseNetwork } from '../../src/outbound/address.ts'
import { guardedAgent } from '../../src/outbound/agent.ts'

/** One API node as a process of its own: tells its address when it listens, and ends when its parent lets go of it. */
const [url = '', organizationId = ''] = process.argv.slice(2)
const pool = connectPool({ url, max: 8 })
const journal = startKeeper({ pool, log: console, everyMilliseconds: 200 })
const networks = [parseNetwork('127.0.0.1') as Network]
const app = await buildApp({ pool, journal, networks, limits: { rate: null } })
const agent = guardedAgent(networks)
const read = feedReader(modules.flatMap(({ resource }) => resource ?? []))
const sender = createSender({ pool, clock: () => new Date(), read, agent, log: console })
// Of one organization: other tests' endpoints are not to be called.
journal.onGrowth((tenantId) => {
  if (tenantId === organizationId) sender.wake(tenantId)
})
process.send?.({ url: await app.listen({ host: '127.0.0.1', port: 0 }) })
process.once('disconnect', () => {
  void app
    .close()
    .then(journal.stop)
    .then(sender.stop)
    .then(() => agent.destroy())
    .then(() => pool.end())
})
