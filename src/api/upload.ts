import { setTimeout as sleep } from 'node:timers/promises'
import { openTransaction } from '../db/transaction.ts'
import { contextOf, type Request, type Wishes } from './context.ts'
import type { AnyOperation, Received, Sent } from './operation.ts'
import { toProblem } from './to-problem.ts'
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
    return await patiently(request, () => writeInTurn(operation, request, { ...input, input: received }, wishes))
  } finally {
    // What is left behind goes with a later import; it is no reason to call one failed that was written.
    await received.dispose().catch((error: unknown) => request.log.warn(error, 'an upload was left behind'))
  }
}

/** Milliseconds before another attempt, those after the first few, and after which none is made. */
const pauses = [1_000, 5_000, 15_000]
const longestPause = 30_000
const longestTried = 600_000

/**
 * What took minutes to send is not thrown away because a lock or a connection was not to be had for two seconds: where
 * other writes answer 503 and are sent again, this one is tried again here.
 */
const patiently = async <T>({ log, house }: Request, work: () => Promise<T>): Promise<T> => {
  const began = Date.now()
  for (let attempt = 0; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      const isLate = house.closing.aborted || Date.now() - began > longestTried
      if (isLate || toProblem(error).code !== 'unavailable') throw error
      log.warn(error, 'an upload is written again')
      await sleep(pauses[attempt] ?? longestPause, undefined, { signal: house.closing }).catch(() => {})
    }
  }
}
