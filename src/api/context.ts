import type { FastifyBaseLogger } from 'fastify'
import type { Pool } from 'pg'
import type { Actor } from '../auth/actor.ts'
import type { Transaction } from '../db/transaction.ts'
import type { Network } from '../outbound/address.ts'
import { type Clock, calendarDay } from './clock.ts'
import type { Gather } from './gather.ts'
import type { Journal } from './journal.ts'
import type { Context, Event, Organization } from './operation.ts'
import { Problem } from './problem.ts'
import type { Queue } from './queue.ts'
import type { Serializers } from './serialize.ts'

/** What the door needs of the house: shared by all requests. */
export type House = {
  pool: Pool
  /** For COPY (bulk.ts). */
  bulk: Pool
  clock: Clock
  serializers: Serializers
  /** Waits until one more writer of the tenant may take a connection (turns.ts). */
  turn: (tenantId: string) => Promise<() => void>
  /** Lets calls that wait for the same go together (gather.ts). */
  gather: Gather
  /** Private networks the operator lets requests to the outside reach. */
  networks: readonly Network[]
  /** Bytes of export files each organization may keep. */
  exportBytes: number
  /** Drops what is remembered of a tenant's credentials. */
  forget: (tenantId: string) => void
  /** Aborts when the service ends: whoever waits goes. */
  closing: AbortSignal
  /** Hears of every write, and tells of what was sequenced. */
  journal: Journal
  /** Takes what is done later, beside requests. */
  queue: Queue
}

export type Request = {
  house: House
  actor: Actor
  organization: Organization
  log: FastifyBaseLogger
  id: string
  /** Reads of a GraphQL answer that must be noted before it is given (read-audit.ts). */
  noted?: NotedRead[]
  /** Lets the request take so many milliseconds from now, where it had less. */
  mayTake?: (milliseconds: number) => void
}

/** A read that leaves an audit row. */
export type NotedRead = { operation: string; subjectIds: readonly string[]; inputDigest: string }

/** What a caller may ask beside the input, on either surface. */
export type Wishes = {
  ifMatch?: number
  idempotencyKey?: string
  validateOnly?: boolean
  /** Takes over the transaction of a dry run instead of having it undone: what the answer leads to is read within it. */
  adopt?: (transaction: Transaction) => void
  /** What of the answer will be looked at; everything by default. */
  members?: readonly string[]
}

const longestWork = 10_000

/** The context of reads inside a transaction somebody else ends. */
export const contextOf = (
  request: Request,
  { db, later, settled, forgive, cause, openSince }: Transaction,
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
    // Waited for: the queue looks up its own settings first, and what it sends then must not come behind the COMMIT.
    enqueue: async (queue, id) => void (await request.house.queue(db, queue, { tenantId: request.actor.tenantId, id })),
    memo,
    networks: request.house.networks,
    exportBytes: request.house.exportBytes,
    mayTake: request.mayTake ?? (() => {}),
    now: now.toISOString(),
    today: calendarDay(now, request.organization.timeZone),
    openSince,
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
