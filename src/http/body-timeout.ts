import type { FastifyPluginAsync } from 'fastify'
import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Its body may take as long as it keeps coming; whoever reads it judges that. */
    isUpload?: boolean
  }
}

/**
 * Ends a connection whose request body has not arrived whole in time, which also frees what its sender occupies. Node's
 * own `requestTimeout` does the same, but for every route alike, and an upload takes longer.
 */
const timeout: FastifyPluginAsync<{ milliseconds: number }> = async (app, { milliseconds }) => {
  app.addHook('onRequest', async ({ raw, headers, routeOptions }) => {
    const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
    if (!hasBody || routeOptions.config.isUpload) return
    const timer = setTimeout(() => raw.destroy(), milliseconds)
    raw.once('end', () => clearTimeout(timer)).once('close', () => clearTimeout(timer))
  })
}

export const bodyTimeout = fp(timeout, { name: 'body-timeout', fastify: '5.x' })
