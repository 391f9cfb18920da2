import type { FastifyPluginAsync } from 'fastify'
import fp from 'fastify-plugin'
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

type MetricsOptions = {
  /** Connections of the pool as they are now; a `pg.Pool` fits. */
  pool?: () => { totalCount: number; idleCount: number; waitingCount: number }
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Where parts of the app add metrics of their own. */
    metrics: Registry
  }
}

/** Memory, CPU, event loop and garbage collection belong to the process: its apps share one set of observers. */
let ofTheProcess: Registry | undefined
const processRegistry = (): Registry => {
  if (!ofTheProcess) {
    ofTheProcess = new Registry()
    collectDefaultMetrics({ register: ofTheProcess })
  }
  return ofTheProcess
}

/**
 * `/metrics` in the Prometheus text format. Requests are told apart by method, route pattern and status, never by their
 * address, so callers cannot make up series; what matches no route is `unmatched`.
 */
const prometheus: FastifyPluginAsync<MetricsOptions> = async (app, { pool }) => {
  const registry = new Registry()
  const registers = [registry]
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the request line to the end of the answer',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  })
  const inFlight = new Gauge({ name: 'http_requests_in_flight', help: 'Requests being answered', registers })
  if (pool) {
    new Gauge({
      name: 'pg_pool_connections',
      help: 'Connections of the pool: in use, idle; and requests waiting for one',
      labelNames: ['state'],
      registers,
      collect() {
        const { totalCount, idleCount, waitingCount } = pool()
        this.set({ state: 'used' }, totalCount - idleCount)
        this.set({ state: 'idle' }, idleCount)
        this.set({ state: 'waiting' }, waitingCount)
      },
    })
  }

  app.decorate('metrics', registry)
  app.addHook('onRequest', async (request, reply) => {
    const start = performance.now()
    inFlight.inc()
    // `close` comes for every answer, also those whose client hung up, which the onResponse hook may never see.
    reply.raw.once('close', () => {
      inFlight.dec()
      const route = request.is404 ? 'unmatched' : (request.routeOptions.url ?? 'unmatched')
      const status = reply.raw.writableEnded ? String(reply.statusCode) : 'aborted'
      duration.observe({ method: request.method, route, status }, (performance.now() - start) / 1000)
    })
  })
  app.get('/metrics', { logLevel: 'warn' }, async (_request, reply) => {
    const all = await Promise.all([processRegistry(), registry].map((it) => it.metrics()))
    return reply.type(registry.contentType).header('cache-control', 'no-store').send(all.join('\n'))
  })
}

/** Registered on the root before anything that has routes, so that its hook sees them all. */
export const metrics = fp(prometheus, { name: 'metrics', fastify: '5.x' })
