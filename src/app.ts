import helmet from '@fastify/helmet'
import websocket from '@fastify/websocket'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Pool } from 'pg'
import type { Clock } from './api/clock.ts'
import type { House, Request } from './api/context.ts'
import { eventStream } from './api/event-stream.ts'
import { createGathering } from './api/gather.ts'
import { graphqlOf } from './api/graphql.ts'
import { graphqlPlugin } from './api/graphql-plugin.ts'
import { type Journal, unheard } from './api/journal.ts'
import { newId } from './api/new-id.ts'
import { openApiOf } from './api/openapi.ts'
import { Problem } from './api/problem.ts'
import { type Queue, unworked } from './api/queue.ts'
import { rest } from './api/rest.ts'
import { serializersOf } from './api/serialize.ts'
import { toProblem } from './api/to-problem.ts'
import { createTurns } from './api/turns.ts'
import { authenticator, type Session } from './auth/authenticate.ts'
import { bearerOf } from './auth/basic.ts'
import { type JwtSettings, jwtVerifier } from './auth/jwt.ts'
import { connectBulk } from './db/bulk.ts'
import { exportFiles } from './exports/file.ts'
import { exports } from './exports/plugin.ts'
import { body } from './http/body.ts'
import { bodyTimeout } from './http/body-timeout.ts'
import { deadline } from './http/deadline.ts'
import { health } from './http/health.ts'
import { metrics } from './http/metrics.ts'
import { pages } from './http/pages.ts'
import { parseQuery } from './http/query.ts'
import { type LimitOptions, rateLimits } from './http/rate-limit.ts'
import { refuse } from './http/refuse.ts'
import { unusedConnections } from './http/unused-connections.ts'
import { feed, modules } from './modules/index.ts'
import { odata } from './odata/plugin.ts'
import type { Network } from './outbound/address.ts'
import { scim } from './scim/plugin.ts'
import { version } from './version.ts'

declare module 'fastify' {
  interface FastifyRequest {
    session: Session
  }
  interface FastifyContextConfig {
    /** Requests may stay for long, waiting for something to happen. */
    waits?: boolean
  }
}

/** A subscription is text of a few lines. */
const longestMessage = 64 * 1024

export type AppOptions = {
  /** Connections as the serving role; the caller ends it. */
  pool: Pool
  clock?: Clock
  logLevel?: string
  limits?: LimitOptions
  jwt?: JwtSettings | undefined
  trustProxy?: boolean
  /** Shell commands the landing page offers. */
  commands?: readonly string[]
  isDraining?: () => boolean
  /** Milliseconds any request may take. */
  answerWithin?: number
  /** The sequencer of this node (src/journal/keeper.ts); without one, what is written waits for another node's. */
  journal?: Journal
  /** Takes what is done beside requests (src/jobs/queue.ts); without one it is never done. */
  queue?: Queue
  /** Private networks that webhooks may reach. */
  networks?: readonly Network[]
  /** Bytes of export files each organization may keep; without it, any number. */
  exportBytes?: number
}

/** Writers of one tenant that may hold connections at once: one works, the next are ready behind its lock. */
const writersOfOneTenant = 4

const logged = (request: FastifyRequest) => ({
  method: request.method,
  url: request.url.split('?')[0],
  remoteAddress: request.ip,
})

/** Everything HTTP, in the order a request meets it. Tests build the same app. */
export const buildApp = async (options: AppOptions): Promise<FastifyInstance> => {
  const { pool, clock = () => new Date(), limits = { rate: { perSecond: 100, burst: 200 } } } = options
  const app = Fastify({
    logger: {
      level: options.logLevel ?? 'silent',
      redact: ['req.headers.authorization'],
      serializers: { req: logged },
    },
    genReqId: () => newId(),
    trustProxy: options.trustProxy ?? false,
    bodyLimit: 256 * 1024,
    frameworkErrors: refuse,
    keepAliveTimeout: 65_000,
    routerOptions: { maxParamLength: 2_000, querystringParser: parseQuery },
    http: { headersTimeout: 10_000 },
  } as never) as unknown as FastifyInstance

  const document = openApiOf(modules, version)
  const authenticate = authenticator({ pool, clock, verifyJwt: options.jwt && jwtVerifier(options.jwt) })
  const closing = new AbortController()
  const bulk = connectBulk(pool)
  app.addHook('onClose', () => bulk.end())
  const house: House = {
    pool,
    bulk,
    clock,
    serializers: serializersOf(document),
    turn: createTurns(writersOfOneTenant),
    gather: createGathering(),
    forget: authenticate.forget,
    closing: closing.signal,
    journal: options.journal ?? unheard,
    queue: options.queue ?? unworked,
    networks: options.networks ?? [],
    exportBytes: options.exportBytes ?? Infinity,
  }
  const requestOf = ({ session, log, id, mayTake }: FastifyRequest): Request => ({
    house,
    ...session,
    log,
    id,
    mayTake,
  })

  app.addHook('preClose', async () => closing.abort())
  app.setErrorHandler(refuse)
  app.setNotFoundHandler(() => {
    throw new Problem('not_found', 'There is nothing at this address')
  })

  await app.register(deadline, { milliseconds: options.answerWithin ?? 10_000 })
  await app.register(unusedConnections)
  await app.register(websocket, { options: { maxPayload: longestMessage } })
  await app.register(metrics, { pool: () => pool })
  await app.register(helmet, { contentSecurityPolicy: false, global: true })
  await app.register(bodyTimeout, { milliseconds: 30_000 })
  await app.register(body)
  await app.register(rateLimits, limits)
  await app.register(health, {
    check: () => pool.query('select 1'),
    ...(options.isDraining ? { isDraining: options.isDraining } : {}),
  })
  await app.register(pages, { commands: options.commands ?? [] })
  const text = JSON.stringify(document)
  app.get('/openapi.json', (_request, reply) =>
    reply.type('application/json; charset=utf-8').header('access-control-allow-origin', '*').send(text),
  )

  app.decorateRequest('session', null as never)
  const prove = async (request: FastifyRequest, authorization: string | undefined): Promise<Session> => {
    try {
      return await authenticate(authorization)
    } catch (error) {
      if (toProblem(error).code === 'unauthenticated') app.limits.failed(request.ip)
      throw error
    }
  }
  const renewed = async ({ log, id }: FastifyRequest, session: Promise<Session>): Promise<Request> => ({
    house,
    ...(await session),
    log,
    id,
  })
  const admit =
    (credentialOf = (authorization: string | undefined): string | undefined => authorization) =>
    async (request: FastifyRequest, reply: FastifyReply) => {
      // A socket says who it is when it is open.
      if (request.ws) return
      request.session = await prove(request, credentialOf(request.headers.authorization))
      app.limits.take(reply, request.session.actor, request.routeOptions.config.waits)
    }
  // Of their own: who takes an export slowly must not keep others from importing.
  const streams = connectBulk(pool)
  app.addHook('onClose', () => streams.end())
  await app.register(async (desktop) => {
    desktop.addHook('onRequest', admit(bearerOf))
    await desktop.register(odata, { prefix: '/odata/v4', requestOf })
    await desktop.register(exports, { prefix: '/v1/exports', requestOf, streams })
    await desktop.register(exportFiles, { prefix: '/v1/export-jobs', requestOf })
  })
  await app.register(async (secured) => {
    secured.addHook('onRequest', admit())
    await secured.register(rest(modules, requestOf), { prefix: '/v1' })
    await secured.register(scim, { prefix: '/scim/v2', requestOf })
    const renew = (request: FastifyRequest, authorization: string | undefined) =>
      renewed(request, authenticate(authorization))
    await secured.register(eventStream, { prefix: '/v1', operation: feed, renew, closing: closing.signal })
    await secured.register(graphqlPlugin, {
      schema: graphqlOf(modules, document),
      requestOf,
      prove: (request, authorization) => renewed(request, prove(request, authorization)),
      renew,
      hold: app.limits.hold,
      closing: closing.signal,
    })
  })
  return app
}
