import type { Readable } from 'node:stream'
import type { FastifyBaseLogger } from 'fastify'
import type { Pool } from 'pg'
import type { z } from 'zod'
import type { Actor, Scope } from '../auth/actor.ts'
import type { Rule } from '../auth/rules.ts'
import type { Database } from '../db/transaction.ts'
import type { Network } from '../outbound/address.ts'
import type { Request } from './context.ts'
import type { Download } from './download.ts'
import type { QueueName } from './queue.ts'
import type { Resource, Verb } from './resource.ts'

/** What the caller's organization has decided and every operation may need. */
export type Organization = {
  readonly id: string
  readonly timeZone: string
  readonly secret: string
}

/** One change the world may hear of; the door writes it in the transaction of the change. */
export type Event = {
  type: string
  subject: { type: string; id: string }
  /** Before and after of what changed, by member. */
  changes?: Record<string, [unknown, unknown]>
  cause?: { type: string; id: string }
}

/** What an operation is given: who asks, inside which transaction, at what time. */
export type Context = {
  readonly actor: Actor
  readonly organization: Organization
  readonly db: Database
  readonly log: FastifyBaseLogger
  /** The instant of the request, and the organization's calendar day, by the injected clock. */
  readonly now: string
  readonly today: string
  /** When the oldest write began that was open before this read, in milliseconds since 1970; null where there was none,
   * undefined where nobody looked: only syncs do. */
  readonly openSince: number | null | undefined
  /** Private networks the operator lets requests to the outside reach. */
  readonly networks: readonly Network[]
  /** Bytes of export files the organization may keep. */
  readonly exportBytes: number
  /** The version the caller believes to change (If-Match); undefined is any. */
  readonly ifMatch: number | undefined
  /** Members the caller will look at, where that is known; undefined is all. */
  readonly members: readonly string[] | undefined
  emit: (event: Event) => void
  /** Lets the answer take so many milliseconds from now, where it had less: told by who finds that there is much to do. */
  mayTake: (milliseconds: number) => void
  /** Sends a statement whose answer nobody reads; the door waits for it before it commits. */
  later: (statement: Promise<unknown>) => void
  /** Asks for work on something of this organization, by whichever node, once this transaction is committed. */
  enqueue: (queue: QueueName, id: string) => Promise<void>
  /** Survives a retry of the same request: what an attempt learnt that the next one needs. */
  readonly memo: Map<string, unknown>
  /** Runs `work` so that its failure undoes only itself; used when a batch may succeed in part. */
  savepoint: <T>(work: () => Promise<T>) => Promise<T>
}

/** A body as it arrives; `length` is how many bytes its sender announced, if any. */
export type Sent = { stream: Readable; mediaType: string; length: number | null }

/** What taking in an upload may use: reads inside the tenant, and connections that speak COPY and pass by no policy. */
export type Intake = {
  readonly bulk: Pool
  readonly tenantId: string
  readonly read: <T>(work: (ctx: Context) => Promise<T>) => Promise<T>
}

/** What became of an upload. As JSON it is a digest of what was sent, by which a retry is known again. */
export type Received = { toJSON: () => string; dispose: () => Promise<void> }

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/**
 * One thing a client can do. REST, OpenAPI and GraphQL are derived from it.
 * `input` holds path and query members side by side, and the body, if there is one, under `input`:
 * just as the GraphQL field takes them.
 */
export type Operation<I extends z.ZodObject = z.ZodObject, O extends z.ZodType = z.ZodType, S = unknown> = {
  /** OpenAPI operationId and GraphQL field name. */
  name: string
  summary: string
  /** GET becomes a GraphQL query, everything else a mutation. */
  rest: `${Method} /${string}`
  /** The answer's HTTP status; by default 201 for POST, else 200. A function where it depends on what happened. */
  status?: 200 | 201 | 204 | ((output: z.output<O>) => 200 | 201)
  /** The scope a credential must carry; null where any valid credential will do. */
  scope: Scope | null
  /** The group in the reference; by default what it returns. */
  tag?: string
  /** Where it is offered; left out only for what GraphQL cannot carry. */
  surfaces?: readonly ['rest']
  /** The answer is a text of this type, as it is, instead of JSON. Such an operation reads, and has `surfaces: ['rest']`. */
  picture?: 'image/svg+xml'
  /** For bodies of any size: `run` is given what `receive` made of the stream, and `input.input` is declared as that. */
  upload?: {
    mediaTypes: readonly string[]
    receive: (intake: Intake, input: Omit<z.output<I>, 'input'> & { input: Sent }) => Promise<Received>
  }
  input: I
  output: O
  /** Members of the answer that are never kept for a retry, such as a secret: a retry answers null. */
  shownOnce?: readonly string[]
  /** GraphQL answers with this resource's type, edges included, instead of the bare `output`. */
  returns?: string
  /** Turns a list into a connection on the GraphQL side. */
  list?: ListOf
  /** Loads what the operation is about; undefined is a 404. */
  find?: (ctx: Context, input: z.output<I>) => Promise<S | undefined>
  /** Who may: false is a 403. */
  allow: Rule<NoInfer<S>>
  /**
   * How a read that may wait for something to tell is repeated (long poll): called outside of any transaction, each `read`
   * with one of its own. Such an operation is offered as a stream and as a GraphQL subscription too.
   */
  patient?: (
    request: Request,
    input: z.output<I>,
    read: (input: z.output<I>) => Promise<z.output<O>>,
  ) => Promise<z.output<O>>
  /** What happens to rows of the module's resource by it, as events call it: `created`, `updated`, …  */
  emits?: readonly Verb[]
  /** Reads with exactly one statement let the door send COMMIT right behind it. */
  singleStatement?: true
  /** The member of the input by which a caller keeps a copy up to date; the answer says how far it is whole (sync.ts). */
  syncs?: 'updatedSince' | 'updatedAfter'
  /** Ids of what was read and must be noted: an audit row is written before the answer is given. */
  auditsReads?: (ctx: Pick<Context, 'actor'>, output: z.output<O>, input: z.output<I>) => readonly string[]
  /** Always undone: it writes only to see what would follow, and nothing is kept, no event, no audit. */
  undone?: true
  /** Several calls of one caller as one set, where that is cheaper than one by one; answers in the order given. */
  together?: (ctx: Context, inputs: z.output<I>[]) => Promise<z.output<O>[]>
  run: (ctx: Context, input: z.output<I>, subject: S) => Promise<z.output<O>>
}

export type ListOf = { resource: Resource; cursorOf: (ctx: Context, input: unknown, row: never) => string }

// `any` here and below: a list holds operations of many types, and function parameters do not widen to `unknown`.
// oxlint-disable-next-line typescript/no-explicit-any
export type AnyOperation = Operation<any, z.ZodType, any>

/** Declares an operation; names its input, and is where the types of input, subject and output meet. */
export const operation = <I extends z.ZodObject, O extends z.ZodType, S = undefined>(
  definition: Operation<I, O, S>,
): AnyOperation => definition as AnyOperation

export type Module = {
  resource: Resource | null
  operations: readonly AnyOperation[]
  downloads?: readonly Download[]
}
