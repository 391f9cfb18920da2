import { openTransaction, type Transaction } from '../db/transaction.ts'
import { contextOf, type Request } from './execute.ts'
import type { Context } from './operation.ts'

/** One moment of the database that all reads of a GraphQL answer share; opened by the first of them. */
export type Snapshot = {
  transaction(): Promise<Transaction>
  context(): Promise<Context>
  /** Ends it; the next read opens a new one. */
  end(): Promise<void>
}

export const createSnapshot = (request: Request): Snapshot => {
  let open: Promise<Transaction> | undefined
  let context: Context | undefined
  const transaction = () => (open ??= openTransaction(request.house.pool, request.actor.tenantId, 'snapshot'))
  return {
    transaction,
    context: async () => (context ??= contextOf(request, await transaction())),
    end: async () => {
      const ending = open
      open = context = undefined
      await (await ending)?.commit()
    },
  }
}
