import { openTransaction, type Transaction } from '../db/transaction.ts'
import { contextOf, type Request } from './context.ts'
import type { Context } from './operation.ts'

/** One moment of the database that all reads of a GraphQL answer share; opened by the first of them. */
export type Snapshot = {
  transaction(): Promise<Transaction>
  context(): Promise<Context>
  /** Ends it once nothing reads in it any more; the next read opens a new one. */
  end(): Promise<void>
  /** Reads within a dry run from here on, whose transaction it undoes at the end. */
  adopt: (dryRun: Transaction) => void
  /** Takes note of work that reads, so that an end waits for it: an error leaves fields behind that still run. */
  track<T>(work: Promise<T>): Promise<T>
  /** Ends it for good. */
  close(): Promise<void>
}

export const createSnapshot = (request: Request): Snapshot => {
  let open: Promise<Transaction> | undefined
  let context: Context | undefined
  let isDry = false
  let over = false
  const working = new Set<Promise<unknown>>()
  const transaction = async () => {
    if (over) throw new Error('the answer has been given')
    return (open ??= openTransaction(request.house.pool, request.actor.tenantId, 'snapshot'))
  }
  const end = async () => {
    while (working.size > 0) await Promise.allSettled(working)
    const ending = open
    const wasDry = isDry
    open = context = undefined
    isDry = false
    await (wasDry ? (await ending)?.rollback() : (await ending)?.commit())
  }
  const adopt = (dryRun: Transaction) => {
    open = Promise.resolve(dryRun)
    isDry = true
  }
  return {
    transaction,
    context: async () => (context ??= contextOf(request, await transaction())),
    end,
    adopt,
    track: async (work) => {
      working.add(work)
      try {
        return await work
      } finally {
        working.delete(work)
      }
    },
    close: async () => {
      over = true
      await end()
    },
  }
}
