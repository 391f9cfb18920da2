import type { FastifyBaseLogger } from 'fastify'
import type { Pool } from 'pg'
import { type Clock, calendarDay } from '../api/clock.ts'
import type { Job } from './job.ts'
import { rescoreDay } from './midnight.day.ts'

export type MidnightOptions = {
  pool: Pool
  clock: Clock
  log: FastifyBaseLogger
  /** Only these organizations; all when left out. */
  organizationIds?: readonly string[]
  /** Ends the run after the day under way. */
  signal?: AbortSignal
}

/** What is known of a tenant without asking its database: its time zone, and the day it is done with. */
export type Done = Map<string, { timeZone: string; day: string }>

/**
 * Rescores what time itself changes, for every organization whose day has turned: missed days in order, each in a
 * transaction of its own. Safe on several nodes, which take turns by organization. A failure of one organization is
 * logged and tried again next time; it does not keep the others waiting.
 */
export const runMidnight = async (options: MidnightOptions, done: Done = new Map()): Promise<void> => {
  const { pool, clock, log, organizationIds, signal } = options
  const { rows } = await pool.query<{ id: string }>(
    'select id from tenants where $1::uuid[] is null or id = any($1) order by id',
    [organizationIds ?? null],
  )
  for (const { id } of rows) {
    if (signal?.aborted) return
    const known = done.get(id)
    if (known && known.day === calendarDay(clock(), known.timeZone)) continue
    try {
      for (let isBehind = true; isBehind; ) {
        if (signal?.aborted) return
        const { timeZone, day, today } = await rescoreDay(options, id)
        done.set(id, { timeZone, day })
        isBehind = day < today
      }
    } catch (error) {
      log.error({ err: error, tenantId: id }, 'the midnight job failed for an organization')
    }
  }
}

/** The job; what is known of tenants is kept from run to run. Midnights of the world's time zones fall on quarter hours. */
export const midnight = (): Job => {
  const done: Done = new Map()
  return { name: 'midnight', schedule: '*/15 * * * *', run: (ctx) => runMidnight(ctx, done) }
}
