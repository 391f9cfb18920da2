import type { FastifyBaseLogger } from 'fastify'
import type { Pool } from 'pg'
import type { Clock } from '../api/clock.ts'
import type { QueueName, Work } from '../api/queue.ts'

export type JobContext = {
  pool: Pool
  clock: Clock
  log: FastifyBaseLogger
  /** Ends the run early, at a point where nothing is half done: the process is stopping. */
  signal: AbortSignal
}

/** Something that runs by the clock, on one node at a time. Its work must stand being begun again at any point. */
export type Job = {
  name: string
  /** Cron, in UTC; to the minute. */
  schedule: string
  run: (ctx: JobContext) => Promise<void>
}

/** Does what operations asked for (`ctx.enqueue`), one piece at a time. Its work must stand being begun again at any point. */
export type Worker = { name: QueueName; run: (ctx: JobContext, work: Work) => Promise<void> }
