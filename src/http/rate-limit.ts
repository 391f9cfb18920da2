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
   * answer is out or the client gone. Sets the RateLimit headers, and throws when either is used up. What `waits` for
   * something to happen has places of its own.
   */
  take: (reply: FastifyReply, actor: { id: string; tenantId: string }, waits?: boolean) => void
  /** Occupies a place for what waits, whatever it came through; the answer gives it back, once. */
  hold: (tenantId: string) => () => void
}

export type LimitOptions = {
  /** A token bucket per credential; null turns this one limit off. */
  rate: { perSecond: number; burst: number } | null
  /** Requests of one tenant under way at once. */
  concurrentPerTenant?: number
  /** The same of what waits: long polls, streams, sockets. */
  waitingPerTenant?: number
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
  const {
    rate,
    concurrentPerTenant = 100,
    waitingPerTenant = 1_000,
    failuresPerMinute = 10,
    now = () => performance.now(),
  } = options
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

  const occupy = (tenantId: string, waits: boolean): (() => void) => {
    const place = waits ? `${tenantId} waits` : tenantId
    const others = underWay.get(place) ?? 0
    if (others >= (waits ? waitingPerTenant : concurrentPerTenant))
      throw tooMany(`The organization has too many requests ${waits ? 'waiting' : 'under way'}`, 1)
    underWay.set(place, others + 1)
    return () => {
      const left = (underWay.get(place) ?? 1) - 1
      if (left > 0) underWay.set(place, left)
      else underWay.delete(place)
    }
  }

  app.decorate('limits', {
    failed(ip) {
      const network = networkOf(ip)
      if (!failures.take(network))
        throw tooMany('Too many failed attempts from this address', failures.level(network).nextIn)
    },
    take(reply, { id, tenantId }, waits = false) {
      spend(reply, id)
      const leave = occupy(tenantId, waits)
      // Gone while it was being authenticated: nothing would ever give the place back.
      if (reply.raw.closed) leave()
      // Unlike an onResponse hook, `close` also comes when the client goes away before the answer.
      else reply.raw.once('close', leave)
    },
    hold: (tenantId) => occupy(tenantId, true),
  })
}

const tooMany = (detail: string, seconds: number): Problem =>
  new Problem('too_many_requests', detail, { retryAfter: Math.max(1, Math.ceil(seconds)) })

/** Registered on the root: the counts are shared by all routes. */
export const rateLimits = fp(rateLimit, { name: 'rate-limit', fastify: '5.x' })
