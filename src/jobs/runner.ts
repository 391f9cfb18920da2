import type { FastifyBaseLogger } from 'fastify'
import type { Pool } from 'pg'
import type { Registry } from 'prom-client'
import type { Clock } from '../api/clock.ts'
import type { Work } from '../api/queue.ts'
import type { Job, JobContext, Worker } from './job.ts'
import { jobMetrics } from './metrics.ts'
import { clockQueue, type JobQueue } from './queue.ts'

export type RunnerOptions = {
  /** As the serving role: what jobs work on. */
  pool: Pool
  queue: JobQueue
  clock: Clock
  log: FastifyBaseLogger
  metrics: Registry
  jobs: readonly Job[]
  workers: readonly Worker[]
}

/** Jobs under way at shutdown are told to end, and given so long to do it. */
const drainMilliseconds = 10_000

/** Pieces of asked-for work of one sort under way at once: on this node, and of one organization on all nodes. */
const atOnce = 2
const atOnceOfOne = 1

/**
 * Runs the jobs by their schedules, and each once at the start: whatever was missed while no node was up is made up now.
 * Does what was asked for as it comes. Several nodes share one queue. The answer ends it, after what is under way.
 */
export const startJobs = async (options: RunnerOptions): Promise<() => Promise<void>> => {
  const { pool, clock, log, jobs, workers } = options
  const { boss } = options.queue
  const names = [...jobs, ...workers].map(({ name }) => name)
  const observe = jobMetrics(options.metrics, names, () => boss.getQueues(names))
  const ending = new AbortController()
  /** One run: measured, logged when it fails, and told when to end. */
  const run = async (
    name: string,
    job: { signal: AbortSignal } | undefined,
    work: (ctx: JobContext) => Promise<void>,
  ) => {
    const signal = AbortSignal.any([ending.signal, ...(job ? [job.signal] : [])])
    await observe(name, () => work({ pool, clock, log: log.child({ job: name }), signal })).catch((error: unknown) => {
      log.error({ err: error, job: name }, 'a job failed')
      throw error
    })
  }
  for (const { name, schedule, run: work } of jobs) {
    await boss.createQueue(name, clockQueue)
    await boss.schedule(name, schedule)
    // Before the worker is there, whose first look would else be in vain.
    await boss.send(name)
    await boss.work(name, { pollingIntervalSeconds: 5 }, ([job]) => run(name, job, work))
  }
  for (const { name, run: work } of workers)
    await boss.work<Work>(
      name,
      { pollingIntervalSeconds: 2, localConcurrency: atOnce, groupConcurrency: atOnceOfOne },
      async ([job]) => {
        if (job) await run(name, job, (ctx) => work(ctx, job.data))
      },
    )
  return async () => {
    ending.abort()
    await boss.stop({ timeout: drainMilliseconds })
  }
}
