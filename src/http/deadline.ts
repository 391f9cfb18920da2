import type { FastifyPluginAsync } from 'fastify'
import fp from 'fastify-plugin'
import { Problem } from '../api/problem.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Milliseconds this route may take, where it needs longer than others. */
    answerWithin?: number
  }
  interface FastifyRequest {
    /** Lets this request take so many milliseconds from now, where it had less: for what turns out to be much work. */
    mayTake: (milliseconds: number) => void
  }
}

/**
 * Answers 503 `unavailable` when a request has taken `milliseconds` without an answer. Fastify's own `handlerTimeout` ends with
 * the last byte of the body (it listens to `close` of the request), so it never bounds a request that has one.
 */
const deadlinePlugin: FastifyPluginAsync<{ milliseconds: number }> = async (app, { milliseconds }) => {
  app.decorateRequest('mayTake', () => {})
  app.addHook('onRequest', async (request, reply) => {
    const { waits, answerWithin = milliseconds } = request.routeOptions.config
    if (waits) return
    let until = 0
    let timer: NodeJS.Timeout | undefined
    const refuse = () => {
      if (reply.sent) return
      request.log.warn('the request took too long')
      void reply.send(new Problem('unavailable', 'This took too long', { retryAfter: 1 }))
    }
    request.mayTake = (longer) => {
      if (Date.now() + longer <= until) return
      until = Date.now() + longer
      clearTimeout(timer)
      timer = setTimeout(refuse, longer)
    }
    request.mayTake(answerWithin)
    reply.raw.once('close', () => {
      until = Infinity
      clearTimeout(timer)
    })
  })
}

/** Registered on the root, before anything that waits. */
export const deadline = fp(deadlinePlugin, { name: 'deadline', fastify: '5.x' })
