import type { FastifyBaseLogger } from 'fastify'
import { PgBoss } from 'pg-boss'
import type { Queue, QueueName } from '../api/queue.ts'
import { jobSchema } from '../db/job-schema.ts'

/** A node that says nothing for so long is taken for dead, and its job begun again elsewhere. Seconds. */
const heartbeatSeconds = 30

const common = {
  retryDelay: 10,
  retryBackoff: true,
  heartbeatSeconds,
  expireInSeconds: 3_600,
  deleteAfterSeconds: 24 * 3_600,
} as const

/** Of jobs by the clock. A run that takes longer than the time to the next is not joined by a second one. */
export const clockQueue = { ...common, policy: 'exclusive', retryLimit: 3, retentionSeconds: 3_600 } as const

/**
 * Of work that was asked for: it waits its turn for as long as the day it is kept. One piece of an organization's is under
 * way on all nodes: the key of `singleton` holds that, and its group (runner.ts) lets others' work pass by meanwhile.
 */
const workQueue = { ...common, policy: 'singleton', retryLimit: 10, retentionSeconds: 24 * 3_600 } as const

const workQueues: readonly QueueName[] = ['exports']

export type JobQueue = { boss: PgBoss; enqueue: Queue }

/**
 * Opens the queue that all nodes share, as the serving role; the caller stops `boss`. Throws where its tables are missing or
 * of another version.
 */
export const openQueue = async ({ url, log }: { url: string; log: Pick<FastifyBaseLogger, 'error'> }) => {
  const boss = new PgBoss({
    connectionString: url,
    application_name: 'headway jobs',
    options: '-c statement_timeout=30000',
    max: 2,
    schema: jobSchema,
    migrate: false,
    createSchema: false,
    // A minute each by default, which add up where a node dies: until it is missed, and until what it held is free again.
    superviseIntervalSeconds: 20,
    monitorIntervalSeconds: 20,
    queueCacheIntervalSeconds: 10,
    // Both take the owner of the tables.
    reindex: false,
    monitorVacuum: false,
  })
  boss.on('error', (error) => log.error({ err: error }, 'the job queue failed'))
  await boss.start().catch((error: Error) => {
    throw new Error(`${error.message}: run "headway migrate".`, { cause: error })
  })
  for (const name of workQueues) await boss.createQueue(name, workQueue)
  const enqueue: Queue = (db, name, work) => {
    const executeSql = (text: string, values?: unknown[]) => db.query(text, values)
    const { tenantId: id } = work
    return boss.send(name, work, { db: { executeSql }, singletonKey: id, group: { id } })
  }
  return { boss, enqueue } satisfies JobQueue
}
