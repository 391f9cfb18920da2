import type { FastifyBaseLogger } from 'fastify'
import type { Pool } from 'pg'
import { PgBoss } from 'pg-boss'
import type { Registry } from 'prom-client'
import type { Clock } from '../api/clock.ts'
import { jobSchema } from '../db/job-schema.ts'
import type { Job } from './job.ts'
import { jobMetrics } from './metrics.ts'

export type RunnerOptions = {
  /** As the serving role: what jobs work on, and where their queue is. */
  pool: Pool
  url: string
  clock: Clock
  log: FastifyBaseLogger
  metrics: Registry
  jobs: readonly Job[]
}

/** Jobs under way at shutdown are told to end, and given so long to do it. */
const drainMilliseconds = 10_000

/** A node that says nothing for so long is taken for dead, and its job begun again elsewhere. Seconds. */
const heartbeatSeconds = 30

const queueOptions = {
  // A run that takes longer than the time to the next is not joined by a second one.
  policy: 'exclusive',
  retryLimit: 3,
  retryDelay: 10,
  retryBackoff: true,
  heartbeatSeconds,
  expireInSeconds: 3_600,
  retentionSeconds: 3_600,
  deleteAfterSeconds: 24 * 3_600,
}

/**
 * Runs the jobs by their schedules, and each once at the start: whatever was missed while no node was up is made up now.
 * Several nodes share one queue. The answer ends it, after the jobs under way. Throws where the queue's tables are
 * missing or of another version.
 */
export const startJobs = async (options: RunnerOptions): Promise<() => Promise<void>> => {
  const { pool, url, clock, log, jobs } = options
  const boss = new PgBoss({
    connectionString: url,
    application_name: 'headway jobs',
    options: '-c statement_timeout=30000',
    max: 2,
    schema: jobSchema,
    migrate: false,
    createSchema: false,
    // Both take the owner of the tables.
    reindex: false,
    monitorVacuum: false,
  })
  boss.on('error', (error) => log.error({ err: error }, 'the job queue failed'))
  const observe = jobMetrics(options.metrics, jobs, () => boss.getQueues(jobs.map(({ name }) => name)))
  const ending = new AbortController()
  await boss.start().catch((error: Error) => {
    throw new Error(`${error.message}: run "headway migrate".`, { cause: error })
  })
  for (const { name, schedule, run } of jobs) {
    await boss.createQueue(name, queueOptions)
    await boss.schedule(name, schedule)
    // Before the worker is there, whose first look would else be in vain.
    await boss.send(name)
    await boss.work(name, { pollingIntervalSeconds: 5 }, async ([job]) => {
      const signal = AbortSignal.any([ending.signal, ...(job ? [job.signal] : [])])
      await observe(name, () => run({ pool, clock, log: log.child({ job: name }), signal })).catch((error: unknown) => {
        log.error({ err: error, job: name }, 'a job failed')
        throw error
      })
    })
  }
  return async () => {
    ending.abort()
    await boss.stop({ timeout: drainMilliseconds })
  }
}
