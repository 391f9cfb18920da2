import { query } from '../db/statement.ts'
import { evaluateAlerts } from '../modules/alerts/alert.evaluate.ts'
import type { Job } from './job.ts'
import { inEveryOrganization, type JobOptions } from './organizations.ts'

const watchedText = `
  select from organizations where tenant_id = $1 and id = $1 and (
    exists (select from alert_rules where tenant_id = $1 and deleted_at is null and enabled)
    or exists (select from alerts where tenant_id = $1 and resolved_at is null))`

/**
 * Looks at the alert rules of every organization that has any: what is due to time alone, such as a KPI that becomes
 * stale, is told without a write. A failure of one organization is logged and does not keep the others waiting.
 */
export const runAlerts = (options: JobOptions): Promise<void> =>
  inEveryOrganization(options, 'alerts', async (ctx) => {
    const watched = await query(ctx.db, 'alerts_watched', watchedText, [ctx.actor.tenantId])
    if (watched.length > 0) await evaluateAlerts(ctx, { ruleIds: null })
  })

/** The job: every hour. */
export const alerts: Job = { name: 'alerts', schedule: '5 * * * *', run: runAlerts }
