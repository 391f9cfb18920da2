import type { Registry } from 'prom-client'
import { connectBulk } from '../db/bulk.ts'
import { deliveryMetrics } from '../delivery/metrics.ts'
import { createSender } from '../delivery/sender.ts'
import { runExport } from '../exports/job.run.ts'
import type { Keeper } from '../journal/keeper.ts'
import { feedReader } from '../modules/events/event.queries.ts'
import { modules } from '../modules/index.ts'
import type { Network } from '../outbound/address.ts'
import { guardedAgent } from '../outbound/agent.ts'
import { alerts } from './alerts.ts'
import type { JobContext, Worker } from './job.ts'
import { midnight } from './midnight.ts'
import { privacyRetention } from './privacy-retention.ts'
import type { JobQueue } from './queue.ts'
import { retention } from './retention.ts'
import { reviewReminders } from './review-reminders.ts'
import { startJobs } from './runner.ts'
import { sweep } from './sweep.ts'

export type BackgroundOptions = Omit<JobContext, 'signal'> & {
  queue: JobQueue
  metrics: Registry
  journal: Pick<Keeper, 'wake' | 'onGrowth'>
  networks: readonly Network[]
  exportBytes: number
}

/** Everything that runs by itself on this node: deliveries and the jobs. The answer ends it. */
export const startBackground = async (options: BackgroundOptions): Promise<() => Promise<void>> => {
  const { pool, clock, log, queue, metrics, journal, networks, exportBytes } = options
  const agent = guardedAgent(networks)
  const read = feedReader(modules.flatMap(({ resource }) => resource ?? []))
  const observe = deliveryMetrics(metrics, () => sender.inFlight())
  const sender = createSender({
    pool,
    clock,
    log,
    agent,
    read,
    wrote: journal.wake,
    observe,
  })
  const stopHearing = journal.onGrowth(sender.wake)
  const jobs = [midnight(), alerts, reviewReminders, sweep(sender), retention, privacyRetention]
  const streams = connectBulk(pool)
  const exporting = { streams, mostBytes: exportBytes }
  const workers = [
    { name: 'exports', run: (ctx, work) => runExport({ ...ctx, ...exporting }, work) },
  ] satisfies Worker[]
  const stopJobs = await startJobs({ pool, queue, clock, log, metrics, jobs, workers })
  return async () => {
    stopHearing()
    await stopJobs()
    await streams.end()
    await sender.stop()
    await agent.destroy()
  }
}
