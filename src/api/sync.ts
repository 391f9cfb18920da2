import type { Pool } from 'pg'
import { type Mode, openTransaction, type Transaction } from '../db/transaction.ts'
import type { Context } from './operation.ts'

/**
 * Readers of a sync start again this long before what is whole, in milliseconds: nodes' clocks differ a little, and a write
 * is dated before the first row it changes makes it a writer in the eyes of Postgres.
 */
const lag = 30_000

/**
 * When the oldest transaction began that has written something and is still open, in milliseconds since 1970; null where
 * there is none. Its rows are dated from its beginning and seen from its end. To be read before the moment that rows are
 * read in: a transaction that ends between the two is told of here, and only read again. Sees the serving role's own
 * transactions, on one server.
 */
export const oldestWrite = async (db: Pick<Pool, 'query'>): Promise<number | null> => {
  const { rows } = await db.query<{ since: number | null }>(
    `select (extract(epoch from min(xact_start)) * 1000)::float8 as since from pg_stat_activity
     where datname = current_database() and usename = current_user and backend_xid is not null`,
  )
  return rows[0]?.since ?? null
}

/** Opens a transaction for reads that a sync is made of. */
export const openForSync = async (pool: Pool, tenantId: string, mode: Mode): Promise<Transaction> => {
  const openSince = await oldestWrite(pool)
  return { ...(await openTransaction(pool, tenantId, mode)), openSince }
}

/** From when the next sync has to look again: `openSince` is what `oldestWrite` told before the rows were read. */
export const wholeUntil = (now: number, openSince: number | null): string =>
  new Date(Math.min(now, openSince ?? now) - lag).toISOString()

/** The same of a list, by the instant of its request; undefined where nobody looked for open writes. */
export const syncedThrough = ({ now, openSince }: Context): string | undefined =>
  openSince === undefined ? undefined : wholeUntil(Date.parse(now), openSince)
