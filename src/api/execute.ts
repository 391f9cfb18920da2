import { createHash } from 'node:crypto'
import type { FastifyBaseLogger } from 'fastify'
import type { Pool } from 'pg'
import type { Actor } from '../auth/actor.ts'
import { openTransaction, type Transaction } from '../db/transaction.ts'
import { type Clock, calendarDay } from './clock.ts'
import { claimKey, keepAnswer } from './idempotency.ts'
import { writeAudit, writeEvents } from './journal.ts'
import type { AnyOperation, Context, Event, Organization } from './operation.ts'
import { Problem } from './problem.ts'
import type { Serializers } from './serialize.ts'
import { inputProblems, toProblem } from './to-problem.ts'

/** What the door needs of the house: shared by all requests. */
export type House = {
  pool: Pool
  clock: Clock
  serializers: Serializers
  /** Waits until one more writer of the tenant may take a connection (turns.ts). */
  turn: (tenantId: string) => Promise<() => void>
  /** Drops what is remembered of a tenant's credentials. */
  forget: (tenantId: string) => void
}

export type Request = { house: House; actor: Actor; organization: Organization; log: FastifyBaseLogger; id: string }

/** What a caller may ask beside the input, on either surface. */
export type Wishes = {
  ifMatch?: number
  idempotencyKey?: string
  validateOnly?: boolean
  /** What of the answer will be looked at; everything by default. */
  members?: readonly string[]
}

/** `answer` is set where a kept answer is given again: JSON text as it was sent. */
export type Outcome = { status: number; output: unknown; answer?: string }

const attempts = 4
const longestWork = 10_000

/**
 * The only door to an operation, whichever surface the request came through: scope → parse → tenant transaction →
 * find (404) → allow (403) → run → events, audit, kept answer → commit. Throws a Problem or a foreign error that
 * `toProblem` translates.
 */
export const execute = async (
  operation: AnyOperation,
  request: Request,
  raw: unknown,
  wishes: Wishes = {},
  within?: Transaction,
): Promise<Outcome> => {
  requireScope(operation, request.actor)
  const parsed = operation.input.safeParse(raw)
  if (!parsed.success) throw inputProblems(parsed.error)
  if (within) return { status: 200, output: await answer(operation, contextOf(request, within, wishes), parsed.data) }
  if (operation.rest.startsWith('GET ')) return read(operation, request, parsed.data, wishes)

  const endTurn = await request.house.turn(request.actor.tenantId)
  try {
    const memo = new Map<string, unknown>()
    for (let attempt = 1; ; attempt++) {
      try {
        return await write(operation, request, parsed.data, wishes, memo)
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

/** @throws Problem 403 `insufficient_scope` */
export const requireScope = ({ scope }: Pick<AnyOperation, 'scope'>, { scopes }: Actor): void => {
  if (scope === null || scopes.includes(scope) || scopes.includes('admin')) return
  throw new Problem('insufficient_scope', `The credential lacks the scope ${scope}`)
}

/** Thrown by an operation that learnt, in `ctx.memo`, what a second attempt needs to succeed. */
export class Again extends Error {}

/** Deadlocks and serialization failures are never shown to a client while a retry can help. */
const isTransient = (error: unknown): boolean => {
  if (error instanceof Again) return true
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: { code?: unknown } }
  const state = cause?.code ?? code
  return state === '40001' || state === '40P01'
}

/** The context of reads inside a transaction somebody else ends. */
export const contextOf = (
  request: Request,
  { db, later, settled, forgive, cause }: Transaction,
  wishes: Wishes = {},
  events: Event[] = [],
  memo: Map<string, unknown> = new Map(),
): Context => {
  const now = request.house.clock()
  const startedAt = Date.now()
  return {
    actor: request.actor,
    organization: request.organization,
    log: request.log,
    db,
    later,
    memo,
    now: now.toISOString(),
    today: calendarDay(now, request.organization.timeZone),
    ifMatch: wishes.ifMatch,
    members: wishes.members,
    emit: (event) => events.push(event),
    savepoint: async (work) => {
      // Only savepoints repeat work within a request, so only here can many short statements add up.
      if (Date.now() - startedAt > longestWork)
        throw new Problem('unavailable', 'Too much work for one request', { retryAfter: 1 })
      const kept = events.length
      await settled()
      await db.query('savepoint item')
      try {
        const result = await work()
        await settled()
        await db.query('release savepoint item')
        return result
      } catch (error) {
        events.length = kept
        const first = cause(error)
        await settled().catch(() => {})
        await db.query('rollback to savepoint item')
        forgive()
        throw first
      }
    },
  }
}

const answer = async (operation: AnyOperation, ctx: Context, input: unknown): Promise<unknown> => {
  const subject = operation.find ? await operation.find(ctx, input) : undefined
  if (operation.find && subject === undefined) throw new Problem('not_found')
  const allowed = operation.allow(ctx, subject)
  if (!(typeof allowed === 'boolean' ? allowed : await allowed)) throw new Problem('forbidden')
  return operation.run(ctx, input, subject)
}

const read = async (operation: AnyOperation, request: Request, input: unknown, wishes: Wishes): Promise<Outcome> => {
  const mode = operation.singleStatement ? 'single' : 'snapshot'
  const transaction = await openTransaction(request.house.pool, request.actor.tenantId, mode)
  try {
    const output = await answer(operation, contextOf(request, transaction, wishes), input)
    await transaction.commit()
    return { status: 200, output }
  } catch (error) {
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
    const inputDigest = digestOf(operation, input, wishes)
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
      await transaction.rollback()
      return { status: 200, output }
    }
    if (events.length > 0) ctx.later(writeEvents(ctx, events))
    const subjectIds = [...new Set(events.filter((event) => !event.cause).map((event) => event.subject.id))]
    ctx.later(writeAudit(ctx, { operation: operation.name, subjectIds, inputDigest, requestId: request.id }))
    if (key) ctx.later(keepAnswer(ctx, key, { status, answer: request.house.serializers.keep(operation, output) }))
    await transaction.commit()
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

const digestOf = ({ name }: AnyOperation, input: unknown, { ifMatch }: Wishes): string =>
  createHash('sha256')
    .update(JSON.stringify([name, ifMatch ?? null, input]))
    .digest('hex')
