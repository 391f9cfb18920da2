import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import fp from 'fastify-plugin'
import { Problem } from '../api/problem.ts'
import { networkOf } from './address.ts'
import { tokenBuckets } from './token-bucket.ts'

type Limits = {
  /** After a credential was refused: throws when the address has failed too often. Good ones are never counted or kept out. */
  failed: (ip: string) => void
  /**
   * After authentication: counts the request against its credential and occupies one of its tenant's places until the
   * answer is out or the client gone. Sets the RateLimit headers, and throws when either is used up.
   */
  take: (reply: FastifyReply, actor: { id: string; tenantId: string }) => void
}

export type LimitOptions = {
  /** A token bucket per credential; null turns this one limit off. */
  rate: { perSecond: number; burst: number } | null
  /** Requests of one tenant under way at once. */
  concurrentPerTenant?: number
  /** Failed authentications a minute from one address (IPv6: from one /64 network). */
  failuresPerMinute?: number
  /** Milliseconds; only differences matter, so the default never jumps with the wall clock. */
  now?: () => number
}

declare module 'fastify' {
  interface FastifyInstance {
    limits: Limits
  }
}

/** Refuses with `too_many_requests`. Counts live in this process: each node grants the whole limit. */
const rateLimit: FastifyPluginAsync<LimitOptions> = async (app, options) => {
  const { rate, concurrentPerTenant = 100, failuresPerMinute = 10, now = () => performance.now() } = options
  const credentials = rate && tokenBuckets({ ...rate, now })
  const failures = tokenBuckets({ perSecond: failuresPerMinute / 60, burst: failuresPerMinute, now })
  const underWay = new Map<string, number>()

  const spend = (reply: FastifyReply, id: string) => {
    if (!rate || !credentials) return
    const granted = credentials.take(id)
    const { remaining, nextIn, fullIn } = credentials.level(id)
    // draft-ietf-httpapi-ratelimit-headers-11: structured fields, whole seconds.
    reply.header('ratelimit-policy', `"default";q=${rate.burst};w=${Math.ceil(rate.burst / rate.perSecond)}`)
    reply.header('ratelimit', `"default";r=${remaining};t=${Math.ceil(fullIn)}`)
    if (!granted) throw tooMany('This credential has used up its requests', nextIn)
  }

  const occupy = (reply: FastifyReply, tenantId: string) => {
    const others = underWay.get(tenantId) ?? 0
    if (others >= concurrentPerTenant) throw tooMany('The organization has too many requests under way', 1)
    // Gone while it was being authenticated: nothing would ever give the place back.
    if (reply.raw.closed) return
    underWay.set(tenantId, others + 1)
    // Unlike an onResponse hook, `close` also comes when the client goes away before the answer.
    reply.raw.once('close', () => {
      const left = (underWay.get(tenantId) ?? 1) - 1
      if (left > 0) underWay.set(tenantId, left)
      else underWay.delete(tenantId)
    })
  }

  app.decorate('limits', {
    failed(ip) {
      const network = networkOf(ip)
      if (!failures.take(network))
        throw tooMany('Too many failed attempts from this address', failures.level(network).nextIn)
    },
    take(reply, { id, tenantId }) {
      spend(reply, id)
      occupy(reply, tenantId)
    },
  })
}

const tooMany = (detail: string, seconds: number): Problem =>
  new Problem('too_many_requests', detail, { retryAfter: Math.max(1, Math.ceil(seconds)) })

/** Registered on the root: the counts are shared by all routes. */
export const rateLimits = fp(rateLimit, { name: 'rate-limit', fastify: '5.x' })
