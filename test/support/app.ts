import type { FastifyInstance, InjectOptions } from 'fastify'
import type { Pool } from 'pg'
import { afterAll, inject } from 'vitest'
import { type AppOptions, buildApp } from '../../src/app.ts'
import type { Role, Scope } from '../../src/auth/actor.ts'
import { scopes } from '../../src/auth/actor.ts'
import { connectPool } from '../../src/db/pool.ts'
import { type Keeper, startKeeper } from '../../src/journal/keeper.ts'
import { createKey, createOrganization } from '../../src/modules/organization/organization.create.ts'
import { countCommits } from './commits.ts'
import { requireContract } from './contract.ts'
import { requireDeclared } from './events.ts'
import { machineKey, withReviews } from './reviewer.ts'

export type Answer<T = any> = {
  status: number
  body: T
  headers: Record<string, string | string[] | number | undefined>
}

/** Speaks to an app as one credential. Every answer is held against the contract. */
export type Caller = {
  (method: string, url: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  graphql(query: string, variables?: Record<string, unknown>): Promise<Answer>
  /** Which of all callers it is. */
  id: number
}

/** An app on the real database with an organization of its own, so that test files never meet. */
export type World = {
  app: FastifyInstance
  pool: Pool
  /** Stands still while nothing is written through the pool (commits.ts). */
  commits: () => number
  organizationId: string
  apiKey: string
  /** The administrator. */
  call: Caller
  as: (key: string) => Caller
  key: (role: Role, granted?: readonly Scope[]) => Promise<string>
  /** Moves the clock of the app. */
  clock: { now: Date }
  /** The sequencer, where the world was made with one. */
  keeper: Keeper | undefined
}

let callers = 0

export const callerOf = (app: FastifyInstance, key: string): Caller => {
  // An address of its own: failed attempts of one caller must not shut out the others.
  const id = callers++
  const remoteAddress = `10.0.${id >> 8}.${id & 255}`
  const call = async (
    method: string,
    url: string,
    payload?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> => {
    const request = {
      method,
      url,
      remoteAddress,
      headers: { authorization: `Bearer ${key}`, ...headers },
    } as InjectOptions
    if (payload !== undefined) {
      request.payload = typeof payload === 'string' ? payload : JSON.stringify(payload)
      request.headers = { 'content-type': 'application/json', ...request.headers }
    }
    const response = await app.inject(request)
    const { statusCode, body, headers: received } = response
    const type = received['content-type'] ?? ''
    const answer = body === '' ? null : type.includes('json') ? JSON.parse(body) : body
    requireContract(method, url, statusCode, answer, type)
    return { status: statusCode, body: answer, headers: received }
  }
  return Object.assign(call, {
    id,
    graphql: (query: string, variables?: Record<string, unknown>) => call('POST', '/graphql', { query, variables }),
  })
}

/** Builds a world for the test file and takes it down after it. */
export const createWorld = async (
  options: Partial<AppOptions> & { timeZone?: string; at?: string; sequenced?: boolean } = {},
): Promise<World> => {
  const { timeZone, at, sequenced, ...rest } = options
  const pool = connectPool({ url: inject('appUrl') })
  const commits = countCommits(pool)
  const clock = { now: at ? new Date(at) : undefined }
  const read = () => clock.now ?? new Date()
  const keeper = sequenced ? startKeeper({ pool, log: console }) : undefined
  const app = await buildApp({
    pool,
    clock: read,
    limits: { rate: null, concurrentPerTenant: Infinity },
    ...(keeper ? { journal: keeper } : {}),
    ...rest,
  })
  const { organizationId, apiKey } = await createOrganization(
    pool,
    { name: 'Test', ...(timeZone ? { timeZone } : {}) },
    read(),
  )
  afterAll(async () => {
    await app.close()
    await keeper?.stop()
    await requireDeclared(pool, organizationId)
    await pool.end()
  })
  const keyOf = async (role: Role, granted: readonly Scope[] = scopes.filter((scope) => scope !== 'admin')) =>
    (await createKey(pool, organizationId, { name: role, role, scopes: granted }, read())).apiKey
  return {
    app,
    pool,
    commits,
    organizationId,
    apiKey,
    call: withReviews(callerOf(app, apiKey), callerOf(app, await machineKey(pool, organizationId))),
    as: (key) => callerOf(app, key),
    key: keyOf,
    clock: clock as { now: Date },
    keeper,
  }
}
