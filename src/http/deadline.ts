import type { FastifyPluginAsync } from 'fastify'
import fp from 'fastify-plugin'
import { Problem } from '../api/problem.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Milliseconds this route may take, where it needs longer than others. */
    answerWithin?: number
  }
}

/**
 * Answers 503 `unavailable` when a request has taken `milliseconds` without an answer. Fastify's own `handlerTimeout` ends with
 * the last byte of the body (it listens to `close` of the request), so it never bounds a request that has one.
 */
const deadlinePlugin: FastifyPluginAsync<{ milliseconds: number }> = async (app, { milliseconds }) => {
  app.addHook('onRequest', async (request, reply) => {
    const { waits, answerWithin = milliseconds } = request.routeOptions.config
    if (waits) return
    const timer = setTimeout(() => {
      if (reply.sent) return
      request.log.warn('the request took too long')
      void reply.send(new Problem('unavailable', 'This took too long', { retryAfter: 1 }))
    }, answerWithin)
    reply.raw.once('close', () => clearTimeout(timer))
  })
}

/** Registered on the root, before anything that waits. */
export const deadline = fp(deadlinePlugin, { name: 'deadline', fastify: '5.x' })
