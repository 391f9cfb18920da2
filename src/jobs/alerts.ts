import { writeEvents } from '../api/journal.ts'
import type { Event } from '../api/operation.ts'
import { query } from '../db/statement.ts'
import { openTransaction } from '../db/transaction.ts'
import { evaluateAlerts } from '../modules/alerts/alert.evaluate.ts'
import { contextAt } from './midnight.day.ts'
import type { MidnightOptions } from './midnight.ts'

const everyMilliseconds = 3_600_000

/**
 * Looks at the alert rules of every organization that has any: what is due to time alone, such as a KPI that becomes
 * stale, is told without a write. A failure of one organization is logged and does not keep the others waiting.
 */
export const runAlerts = async (options: MidnightOptions): Promise<void> => {
  const { rows } = await options.pool.query<{ id: string }>(
    'select id from tenants where $1::uuid[] is null or id = any($1) order by id',
    [options.organizationIds ?? null],
  )
  for (const { id } of rows) {
    if (options.signal?.aborted) return
    try {
      await evaluateOne(options, id)
    } catch (error) {
      options.log.error({ err: error, tenantId: id }, 'alerts could not be looked at for an organization')
    }
  }
}

const stateText = `
  select time_zone as "timeZone", secret from organizations g where tenant_id = $1 and id = $1 and (
    exists (select from alert_rules where tenant_id = $1 and deleted_at is null and enabled)
    or exists (select from alerts where tenant_id = $1 and resolved_at is null))`

const evaluateOne = async (options: MidnightOptions, tenantId: string): Promise<void> => {
  const transaction = await openTransaction(options.pool, tenantId, 'write')
  try {
    const [state] = await query<{ timeZone: string; secret: string }>(transaction.db, 'alerts_state', stateText, [
      tenantId,
    ])
    const events: Event[] = []
    if (state) {
      const ctx = contextAt(options, tenantId, transaction, state, events, new Map())
      await evaluateAlerts(ctx)
      if (events.length > 0) transaction.later(writeEvents(ctx, events))
    }
    await transaction.commit()
  } catch (error) {
    await transaction.rollback()
    throw error
  }
}

/** Runs the job now and every hour; the answer ends it, after the organization that may be under way. */
export const startAlerts = (options: MidnightOptions): (() => Promise<void>) => {
  const ending = new AbortController()
  const run = () =>
    runAlerts({ ...options, signal: ending.signal }).catch((error: unknown) =>
      options.log.error({ err: error }, 'the alerts job failed'),
    )
  let running = run()
  const timer = setInterval(() => {
    running = running.then(run)
  }, everyMilliseconds)
  timer.unref()
  return async () => {
    clearInterval(timer)
    ending.abort()
    await running
  }
}
