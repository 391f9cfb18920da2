import { openTransaction } from '../db/transaction.ts'
import { contextOf, type Request, type Wishes } from './context.ts'
import { claimKey, keepAnswer } from './idempotency.ts'
import { digestOf, sendJournal } from './journal.ts'
import type { AnyOperation, Context, Event } from './operation.ts'
import { Problem } from './problem.ts'
import { toProblem } from './to-problem.ts'

/** `answer` is set where a kept answer is given again: JSON text as it was sent. */
export type Outcome = { status: number; output: unknown; answer?: string }

const attempts = 4

/** Thrown by an operation that learnt, in `ctx.memo`, what a second attempt needs to succeed. */
export class Again extends Error {}

/** Deadlocks and serialization failures are never shown to a client while a retry can help. */
export const isTransient = (error: unknown): boolean => {
  if (error instanceof Again) return true
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: { code?: unknown } }
  const state = cause?.code ?? code
  return state === '40001' || state === '40P01'
}

/** Find (404), allow (403), run. */
export const answer = async (operation: AnyOperation, ctx: Context, input: unknown): Promise<unknown> => {
  const subject = operation.find ? await operation.find(ctx, input) : undefined
  if (operation.find && subject === undefined) throw new Problem('not_found')
  const allowed = operation.allow(ctx, subject)
  if (!(typeof allowed === 'boolean' ? allowed : await allowed)) throw new Problem('forbidden')
  return operation.run(ctx, input, subject)
}

/** Writes when it is the organization's turn, again after what a second attempt can mend. */
export const writeInTurn = async (
  operation: AnyOperation,
  request: Request,
  input: unknown,
  wishes: Wishes,
): Promise<Outcome> => {
  const memo = new Map<string, unknown>()
  return inTurn(request, () => write(operation, request, input, wishes, memo))
}

const inTurn = async <T>({ house, actor }: Request, work: () => Promise<T>): Promise<T> => {
  const endTurn = await house.turn(actor.tenantId)
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work()
      } catch (error) {
        if (!isTransient(error)) throw error
        if (attempt === attempts)
          throw error instanceof Again ? new Problem('unavailable', error.message, { retryAfter: 1 }) : error
      }
    }
  } finally {
    endTurn()
  }
}

/** One of several calls that are carried out as a set. */
export type Call = { request: Request; input: unknown }

/**
 * Several calls of one caller as one set, in one transaction: what each would do alone, with one cascade for all. When
 * the set fails, each is carried out alone, so that one call's fault is nobody else's.
 */
export const writeTogether = async (
  operation: AnyOperation,
  calls: readonly Call[],
): Promise<PromiseSettledResult<Outcome>[]> => {
  const alone = () => Promise.allSettled(calls.map(({ request, input }) => writeInTurn(operation, request, input, {})))
  const [first] = calls
  if (!first || calls.length === 1) return alone()
  const memo = new Map<string, unknown>()
  return inTurn(first.request, () => writeSet(operation, calls, memo)).then(
    (outcomes) => outcomes.map((value) => ({ status: 'fulfilled', value })),
    alone,
  )
}

const writeSet = async (
  operation: AnyOperation,
  calls: readonly Call[],
  memo: Map<string, unknown>,
): Promise<Outcome[]> => {
  const { request } = calls[0] as Call
  const transaction = await openTransaction(request.house.pool, request.actor.tenantId, 'write')
  try {
    const events: Event[] = []
    const ctx = contextOf(request, transaction, {}, events, memo)
    const outputs: unknown[] =
      (await operation.together?.(
        ctx,
        calls.map(({ input }) => input),
      )) ?? []
    const entries = calls.map(({ request: { id }, input }, at) => ({
      operation: operation.name,
      subjectIds: [(outputs[at] as { id: string }).id],
      inputDigest: digestOf(operation.name, null, input),
      requestId: id,
    }))
    await sendJournal(ctx, events, entries)
    await transaction.commit()
    request.house.journal.wake(request.actor.tenantId)
    return outputs.map((output) => ({ status: statusOf(operation, output), output }))
  } catch (thrown) {
    const error = transaction.cause(thrown)
    await transaction.rollback()
    throw error
  }
}

const write = async (
  operation: AnyOperation,
  request: Request,
  input: unknown,
  wishes: Wishes,
  memo: Map<string, unknown>,
): Promise<Outcome> => {
  const transaction = await openTransaction(request.house.pool, request.actor.tenantId, 'write')
  try {
    const events: Event[] = []
    const ctx = contextOf(request, transaction, wishes, events, memo)
    const inputDigest = digestOf(operation.name, wishes.ifMatch ?? null, input)
    const isUndone = wishes.validateOnly === true || operation.undone === true
    const key = isUndone ? undefined : wishes.idempotencyKey
    const kept = key && (await claimKey(ctx, key, inputDigest))
    if (kept) {
      await transaction.rollback()
      return { ...kept, output: JSON.parse(kept.answer || 'null') }
    }

    const output = await answer(operation, ctx, input)
    const status = statusOf(operation, output)
    if (isUndone) {
      await transaction.settled()
      if (wishes.adopt) wishes.adopt(transaction)
      else await transaction.rollback()
      return { status: 200, output }
    }
    const subjectIds = [...new Set(events.filter((event) => !event.cause).map((event) => event.subject.id))]
    const entry = { operation: operation.name, subjectIds, inputDigest, requestId: request.id }
    await sendJournal(ctx, events, [entry])
    if (key) ctx.later(keepAnswer(ctx, key, { status, answer: request.house.serializers.keep(operation, output) }))
    await transaction.commit()
    request.house.journal.wake(request.actor.tenantId)
    if (events.some(({ type }) => /^(api_key|user|organization)\./.test(type)))
      request.house.forget(request.actor.tenantId)
    return { status, output }
  } catch (thrown) {
    const error = transaction.cause(thrown)
    await transaction.rollback()
    throw toProblem(error).code === 'internal' ? error : toRetryable(error)
  }
}

/** Keeps transient errors as they are for the retry; everything else is a Problem from here on. */
const toRetryable = (error: unknown): unknown => (isTransient(error) ? error : toProblem(error))

const statusOf = ({ rest, status }: AnyOperation, output: unknown): number =>
  typeof status === 'function' ? status(output) : (status ?? (rest.startsWith('POST ') ? 201 : 200))
