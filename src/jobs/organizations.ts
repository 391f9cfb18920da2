import type { FastifyBaseLogger } from 'fastify'
import type { Pool } from 'pg'
import type { Clock } from '../api/clock.ts'
import { contextOf, type House } from '../api/context.ts'
import { digestOf, sendJournal } from '../api/journal.ts'
import type { Context, Event } from '../api/operation.ts'
import { Again, isTransient } from '../api/write.ts'
import { query } from '../db/statement.ts'
import { openTransaction, type Transaction } from '../db/transaction.ts'

export type JobOptions = {
  pool: Pool
  clock: Clock
  log: FastifyBaseLogger
  /** Only these organizations; all when left out. */
  organizationIds?: readonly string[]
  /** Ends the run after the organization under way. */
  signal?: AbortSignal
}

/** Ids of the organizations a run visits. */
export const organizationsOf = async ({ pool, organizationIds }: JobOptions): Promise<string[]> => {
  const { rows } = await pool.query<{ id: string }>(
    'select id from tenants where $1::uuid[] is null or id = any($1) order by id',
    [organizationIds ?? null],
  )
  return rows.map(({ id }) => id)
}

/** What a job acts in: the organization itself acts, for which no person or key stands. */
export const jobContext = (
  { clock, pool, log }: JobOptions,
  tenantId: string,
  transaction: Transaction,
  { name, ...organization }: { name: string; timeZone: string; secret: string },
  events: Event[],
  memo: Map<string, unknown> = new Map(),
): Context => {
  const actor = { kind: 'api_key', id: tenantId, tenantId, userId: null, roles: ['admin'], scopes: ['admin'] } as const
  const house = { pool, clock } as unknown as House
  const request = { house, actor, organization: { id: tenantId, ...organization }, log, id: name }
  return contextOf(request, transaction, {}, events, memo)
}

/** Does `work` in every organization, each in a transaction of its own; nodes take turns by organization. */
export const inEveryOrganization = async (
  options: JobOptions,
  name: string,
  work: (ctx: Context) => Promise<void>,
): Promise<void> => {
  for (const tenantId of await organizationsOf(options)) {
    if (options.signal?.aborted) return
    await inOrganization(options, tenantId, name, work).catch((error: unknown) =>
      options.log.error({ err: error, tenantId }, `the ${name} job failed for an organization`),
    )
  }
}

const inOrganization = async (
  options: JobOptions,
  tenantId: string,
  name: string,
  work: (ctx: Context) => Promise<void>,
): Promise<void> => untilDone((memo) => attempt(options, tenantId, name, work, memo))

/** How often work that met a deadlock is begun; what is to be held is known better each time, so `Again` is not counted. */
const attempts = 5

/** Begins work of a transaction again where that can help, as the door does for requests. */
export const untilDone = async <T>(work: (memo: Map<string, unknown>) => Promise<T>): Promise<T> => {
  const memo = new Map<string, unknown>()
  for (let failed = 0; ; ) {
    try {
      return await work(memo)
    } catch (error) {
      if (error instanceof Again) continue
      failed++
      if (!isTransient(error) || failed === attempts) throw error
    }
  }
}

const attempt = async (
  options: JobOptions,
  tenantId: string,
  name: string,
  work: (ctx: Context) => Promise<void>,
  memo: Map<string, unknown>,
): Promise<void> => {
  const transaction = await openTransaction(options.pool, tenantId, 'write')
  const { db } = transaction
  try {
    await query(db, 'job_turn', 'select pg_advisory_xact_lock(hashtextextended($1, 0))', [`${name} ${tenantId}`])
    const [organization] = await query<{ timeZone: string; secret: string }>(
      db,
      'job_organization',
      'select time_zone as "timeZone", secret from organizations where tenant_id = $1 and id = $1',
      [tenantId],
    )
    const events: Event[] = []
    if (organization) {
      const ctx = jobContext(options, tenantId, transaction, { name, ...organization }, events, memo)
      await work(ctx)
      if (events.length > 0) {
        const subjectIds = [...new Set(events.map(({ subject }) => subject.id))]
        const entry = { operation: name, subjectIds, inputDigest: digestOf(name), requestId: name }
        await sendJournal(ctx, events, [entry])
      }
    }
    await transaction.commit()
  } catch (error) {
    await transaction.rollback()
    throw error
  }
}
