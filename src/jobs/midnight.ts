import { calendarDay } from '../api/clock.ts'
import type { Job } from './job.ts'
import { rescoreDay } from './midnight.day.ts'
import { type JobOptions, organizationsOf } from './organizations.ts'

/** What is known of a tenant without asking its database: its time zone, and the day it is done with. */
export type Done = Map<string, { timeZone: string; day: string }>

/**
 * Rescores what time itself changes, for every organization whose day has turned: missed days in order, each in a
 * transaction of its own. Safe on several nodes, which take turns by organization. A failure of one organization is
 * logged and tried again next time; it does not keep the others waiting.
 */
export const runMidnight = async (options: JobOptions, done: Done = new Map()): Promise<void> => {
  const { clock, log, signal } = options
  for (const id of await organizationsOf(options)) {
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
