import type { Socket } from 'node:net'
import type { FastifyPluginAsync } from 'fastify'
import fp from 'fastify-plugin'

/**
 * Browsers and HTTP clients open connections ahead of need. Node closes idle ones when a server ends, but waits for those
 * that have carried nothing yet, until their time for headers is up: they are closed here.
 */
const plugin: FastifyPluginAsync = async (app) => {
  const unused = new Set<Socket>()
  app.server.on('connection', (socket: Socket) => {
    unused.add(socket)
    socket.once('close', () => unused.delete(socket))
  })
  const used = ({ socket }: { socket: Socket }) => void unused.delete(socket)
  app.server.prependListener('request', used)
  app.server.prependListener('upgrade', used)
  app.addHook('preClose', async () => {
    for (const socket of unused) socket.destroy()
  })
}

/** Registered on the root, before anything that keeps connections. */
export const unusedConnections = fp(plugin, { name: 'unused-connections', fastify: '5.x' })
