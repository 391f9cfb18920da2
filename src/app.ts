import helmet from '@fastify/helmet'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Pool } from 'pg'
import { v7 } from 'uuid'
import type { Clock } from './api/clock.ts'
import type { House, Request } from './api/context.ts'
import { createGathering } from './api/gather.ts'
import { graphqlOf } from './api/graphql.ts'
import { graphqlPlugin } from './api/graphql-plugin.ts'
import { openApiOf } from './api/openapi.ts'
import { Problem } from './api/problem.ts'
import { rest } from './api/rest.ts'
import { serializersOf } from './api/serialize.ts'
import { toProblem } from './api/to-problem.ts'
import { createTurns } from './api/turns.ts'
import { authenticator, type Session } from './auth/authenticate.ts'
import { bearerOf } from './auth/basic.ts'
import { type JwtSettings, jwtVerifier } from './auth/jwt.ts'
import { connectBulk } from './db/bulk.ts'
import { exports } from './exports/plugin.ts'
import { body } from './http/body.ts'
import { health } from './http/health.ts'
import { metrics } from './http/metrics.ts'
import { pages } from './http/pages.ts'
import { type LimitOptions, rateLimits } from './http/rate-limit.ts'
import { modules } from './modules/index.ts'
import { odata } from './odata/plugin.ts'
import { version } from './version.ts'

declare module 'fastify' {
  interface FastifyRequest {
    session: Session
  }
}

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
    genReqId: () => v7(),
    trustProxy: options.trustProxy ?? false,
    bodyLimit: 256 * 1024,
    frameworkErrors: refuse,
    requestTimeout: 30_000,
    keepAliveTimeout: 65_000,
    handlerTimeout: 10_000,
    routerOptions: { maxParamLength: 2_000, querystringParser: parseQuery },
    http: { headersTimeout: 10_000 },
  } as never) as unknown as FastifyInstance

  const document = openApiOf(modules, version)
  const authenticate = authenticator({ pool, clock, verifyJwt: options.jwt && jwtVerifier(options.jwt) })
  const house: House = {
    pool,
    clock,
    serializers: serializersOf(document),
    turn: createTurns(writersOfOneTenant),
    gather: createGathering(),
    forget: authenticate.forget,
  }
  const requestOf = ({ session, log, id }: FastifyRequest): Request => ({ house, ...session, log, id })

  app.setErrorHandler(refuse)
  app.setNotFoundHandler(() => {
    throw new Problem('not_found', 'There is nothing at this address')
  })

  await app.register(metrics, { pool: () => pool })
  await app.register(helmet, { contentSecurityPolicy: false, global: true })
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

  const admit =
    (credentialOf: (authorization: string | undefined) => string | undefined) =>
    async (request: FastifyRequest, reply: FastifyReply) => {
      app.limits.admit(request.ip)
      try {
        request.session = await authenticate(credentialOf(request.headers.authorization))
      } catch (error) {
        if (toProblem(error).code === 'unauthenticated') app.limits.failed(request.ip)
        throw error
      }
      app.limits.take(reply, request.session.actor)
    }
  app.decorateRequest('session', null as never)
  await app.register(
    async (forTools) => {
      forTools.addHook('onRequest', admit(bearerOf))
      await forTools.register(odata, { requestOf })
    },
    { prefix: '/odata/v4' },
  )
  // Of their own: who takes an export slowly must not keep others from importing.
  const streams = connectBulk(pool)
  app.addHook('onClose', () => streams.end())
  await app.register(async (secured) => {
    secured.addHook(
      'onRequest',
      admit((authorization) => authorization),
    )
    await secured.register(exports, { prefix: '/v1/exports', requestOf, streams })
    await secured.register(rest(modules, requestOf), { prefix: '/v1' })
    await secured.register(graphqlPlugin, { schema: graphqlOf(modules, document), requestOf })
  })
  return app
}

/** Every failure leaves as a problem, whoever noticed it. */
const refuse = (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
  const problem = toProblem(error)
  if (problem.status >= 500) request.log.error({ err: error }, problem.message)
  if (problem.retryAfter !== undefined) reply.header('retry-after', Math.ceil(problem.retryAfter))
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer')
  return reply
    .code(problem.status)
    .type('application/problem+json; charset=utf-8')
    .send(JSON.stringify(problem.toJSON(`urn:uuid:${request.id}`)))
}

/** Repeated parameters become lists; a prototype is never part of it. */
const parseQuery = (text: string): Record<string, string | string[]> => {
  const query: Record<string, string | string[]> = Object.create(null) as Record<string, string | string[]>
  for (const [name, value] of new URLSearchParams(text)) {
    const known = query[name]
    query[name] = known === undefined ? value : [...[known].flat(), value]
  }
  return query
}
