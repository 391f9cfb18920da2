import { openTransaction } from '../db/transaction.ts'
import { contextOf, type Request, type Wishes } from './context.ts'
import type { AnyOperation, Received, Sent } from './operation.ts'
import { type Outcome, writeInTurn } from './write.ts'

/**
 * A write whose body is a stream: taken in first, outside of any turn and transaction, however long the sender takes;
 * then written like any other, given what was received in place of a body. What was kept for it goes in any case.
 */
export const writeUpload = async (
  operation: AnyOperation,
  request: Request,
  input: { input: Sent },
  wishes: Wishes,
): Promise<Outcome> => {
  const { house, actor } = request
  const received = (await operation.upload?.receive(
    {
      bulk: house.bulk,
      tenantId: actor.tenantId,
      read: async (work) => {
        const transaction = await openTransaction(house.pool, actor.tenantId, 'snapshot')
        try {
          return await work(contextOf(request, transaction))
        } finally {
          await transaction.rollback()
        }
      },
    },
    input,
  )) as Received
  try {
    return await writeInTurn(operation, request, { ...input, input: received }, wishes)
  } finally {
    await received.dispose()
  }
}
