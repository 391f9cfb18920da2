import { query } from '../db/statement.ts'
import { type Database, openTransaction } from '../db/transaction.ts'
import { exportSweeps } from '../exports/job.retention.ts'
import { pruneAudit } from '../journal/prune.ts'
import { standardRetention } from '../modules/organization/organization.resource.ts'
import type { Retention } from '../modules/organization/organization.table.ts'
import type { Job, JobContext } from './job.ts'

const hour = 3_600_000
const day = 24 * hour

/** Rows that go in one transaction: so few that nobody waits for it. */
const batch = 1_000

type Sweep = {
  name: string
  text: string
  before: (days: Required<Retention>, now: number) => number
  /** Rows that go in one transaction, where they are large. */
  most?: number
}

/** Each deletes the oldest rows before $2, at most $3, and answers how many. */
const sweeps: readonly Sweep[] = [
  {
    name: 'idempotency_keys',
    // As the API promises.
    before: (_days, now) => now - day,
    text: `
      with old as (
        select actor_id, key from idempotency_keys where tenant_id = $1 and created_at < $2 order by created_at limit $3)
      delete from idempotency_keys k using old where k.tenant_id = $1 and k.actor_id = old.actor_id and k.key = old.key`,
  },
  {
    name: 'webhook_deliveries',
    before: ({ deliveries }, now) => now - deliveries * day,
    text: `
      with old as (
        select id from webhook_deliveries where tenant_id = $1 and created_at < $2 and leased_until is null
        order by created_at limit $3)
      delete from webhook_deliveries d using old where d.tenant_id = $1 and d.id = old.id`,
  },
  {
    name: 'events',
    before: ({ events }, now) => now - events * day,
    // From the oldest on without a gap, so that a reader whose place lies before what is left can be told (410). What has
    // not become deliveries yet stays.
    text: `
      with oldest as (
        select seq, occurred_at from events where tenant_id = $1 and seq is not null order by seq limit $3
      ), cut as (
        select least(
          coalesce(min(seq) filter (where occurred_at >= $2), max(seq) + 1),
          (select seq + 1 from webhook_cursors where tenant_id = $1)) as seq
        from oldest)
      delete from events e using cut where e.tenant_id = $1 and e.seq < cut.seq`,
  },
  ...exportSweeps,
]

/**
 * Deletes what an organization need not keep any longer, by its own policy; answers the rows that went, by table. A failure
 * of one sweep is logged and tried again next time; it does not keep the others' rows.
 */
export const retire = async (
  { pool, clock, log, signal }: JobContext,
  tenantId: string,
): Promise<Record<string, number>> => {
  const gone: Record<string, number> = {}
  const decided = await inTransaction(pool, tenantId, (db) =>
    query<{ retention: Retention }>(
      db,
      'retention_of',
      'select retention from organizations where tenant_id = $1 and id = $1',
      [tenantId],
    ),
  )
  const days = { ...standardRetention, ...decided[0]?.retention }
  const attempted = (name: string, work: () => Promise<void>): Promise<void> =>
    work().catch((error: unknown) => log.error({ err: error, tenantId, sweep: name }, 'old rows could not be deleted'))
  for (const { name, text, before, most = batch } of sweeps)
    await attempted(name, async () => {
      const limit = new Date(before(days, clock().getTime())).toISOString()
      for (let deleted = most; deleted === most && !signal.aborted; ) {
        deleted = (
          await inTransaction(pool, tenantId, (db) =>
            query(db, `retire_${name}`, `${text} returning 1`, [tenantId, limit, most]),
          )
        ).length
        gone[name] = (gone[name] ?? 0) + deleted
      }
    })
  const audit = days.audit
  if (audit !== null && !signal.aborted)
    await attempted('audit_log', async () => {
      const now = clock()
      const limit = new Date(now.getTime() - audit * day).toISOString()
      gone['audit_log'] = await inTransaction(pool, tenantId, (db) =>
        pruneAudit(db, tenantId, limit, now.toISOString()),
      )
    })
  return gone
}

const inTransaction = async <T>(
  pool: JobContext['pool'],
  tenantId: string,
  work: (db: Database) => Promise<T>,
): Promise<T> => {
  const transaction = await openTransaction(pool, tenantId, 'write')
  try {
    const result = await work(transaction.db)
    await transaction.commit()
    return result
  } catch (error) {
    await transaction.rollback()
    throw error
  }
}

/** A failure of one organization is logged and tried again next time; it does not keep the others' rows. */
export const retention: Job = {
  name: 'retention',
  schedule: '17 * * * *',
  run: async (ctx) => {
    const { rows } = await ctx.pool.query<{ id: string }>('select id from tenants order by id')
    for (const { id } of rows) {
      if (ctx.signal.aborted) return
      try {
        const gone = await retire(ctx, id)
        if (Object.values(gone).some((count) => count > 0)) ctx.log.info({ tenantId: id, gone }, 'old rows deleted')
      } catch (error) {
        ctx.log.error({ err: error, tenantId: id }, 'the retention job failed for an organization')
      }
    }
  },
}
