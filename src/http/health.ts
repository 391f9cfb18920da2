import type { FastifyPluginAsync } from 'fastify'

export type HealthOptions = {
  /** Rejects when the service cannot do its work, for example because the database does not answer. */
  check: () => Promise<unknown>
  /** True from the moment the process was told to stop: load balancers turn away before it closes. */
  isDraining?: () => boolean
  /** Milliseconds after which a check that has not answered has failed. */
  timeout?: number
}

/**
 * `/health/live` says that the process runs, which a restart could mend; `/health/ready` that it can serve, 503 when
 * not. Neither says why to the outside: the reason is logged, once per change.
 */
export const health: FastifyPluginAsync<HealthOptions> = async (app, options) => {
  const { check, isDraining = () => false, timeout = 2_000 } = options
  let under: Promise<boolean> | undefined
  let wasReady = true

  const attempt = async (): Promise<boolean> => {
    const failure = await Promise.race([check().then(() => undefined, reason), expiry(timeout)])
    const ready = failure === undefined
    if (ready !== wasReady) app.log[ready ? 'info' : 'error']({ err: failure }, ready ? 'ready again' : 'not ready')
    wasReady = ready
    return ready
  }

  // Probes that come together share one check: they must not add to the trouble of a database that is slow already.
  const isReady = (): Promise<boolean> => {
    under ??= attempt().finally(() => {
      under = undefined
    })
    return under
  }

  app.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', 'no-store')
  })
  app.get('/health/live', { logLevel: 'warn' }, async () => ({ status: 'live' }))
  app.get('/health/ready', { logLevel: 'warn' }, async (_request, reply) => {
    if (isDraining()) return reply.code(503).send({ status: 'draining' })
    const ready = await isReady()
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not_ready' })
  })
}

const reason = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))

const expiry = (milliseconds: number): Promise<Error> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds, new Error(`no answer within ${milliseconds} ms`)).unref()
  })
