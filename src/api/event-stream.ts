import { once } from 'node:events'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { Request } from './context.ts'
import { placesOf } from './endpoint.ts'
import { follow, type Page } from './follow.ts'
import type { AnyOperation } from './operation.ts'
import { queryReader } from './query-string.ts'
import { toProblem } from './to-problem.ts'

export type StreamOptions = {
  operation: AnyOperation
  /** Proves the credential of a request once more. */
  renew: (request: FastifyRequest, authorization: string | undefined) => Promise<Request>
  /** Aborts when the service ends. */
  closing: AbortSignal
  heartbeatMilliseconds?: number
}

/**
 * `GET …/stream` of a feed as server-sent events: `id` is the place in the feed, so that a client that reconnects goes on
 * where it was. A failure before the first event is a problem as everywhere; later it is an event `problem`, the last one.
 */
export const eventStream: FastifyPluginAsync<StreamOptions> = async (app, options) => {
  const { operation, renew, closing, heartbeatMilliseconds = 15_000 } = options
  const { path, inQuery } = placesOf(operation)
  const { limit: _limit, wait: _wait, ...parameters } = inQuery
  const readQuery = queryReader(parameters, false)

  app.get(`${path}/stream`, { config: { waits: true } }, async (request, reply) => {
    const input = readQuery(request.query as Record<string, string>)
    const last = request.headers['last-event-id']
    const gone = new AbortController()
    reply.raw.once('close', () => gone.abort())
    const signal = AbortSignal.any([closing, gone.signal])
    const pages = follow({
      operation,
      request: () => renew(request, request.headers.authorization),
      input: typeof last === 'string' && last !== '' ? { ...input, after: last } : input,
      heartbeatMilliseconds,
      signal,
    })
    const first = await pages.next()
    open(reply)
    if (!first.done) await send(reply, first.value, signal)
    try {
      for await (const page of pages) await send(reply, page, signal)
    } catch (error) {
      const problem = toProblem(error)
      if (problem.status >= 500) request.log.error({ err: error }, problem.message)
      reply.raw.write(`event: problem\ndata: ${JSON.stringify(problem.toJSON(`urn:uuid:${request.id}`))}\n\n`)
    }
    reply.raw.end()
  })
}

const open = (reply: FastifyReply): void => {
  reply.hijack()
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) reply.raw.setHeader(name, value)
  reply.raw.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    // It ends with the service or the credential, and then nothing else is to come this way.
    connection: 'close',
    // Proxies would hold events back until a buffer is full.
    'x-accel-buffering': 'no',
  })
  // Where to go on comes with each event; how soon, here.
  reply.raw.write('retry: 1000\n\n')
}

/** Resolves when the client has taken it: nothing is read that waits in memory for somebody slow. */
const send = async ({ raw }: FastifyReply, { items, nextCursor }: Page, signal: AbortSignal): Promise<void> => {
  const events = items.map(
    (event) => `id: ${String(event['seq'])}\nevent: ${String(event['type'])}\ndata: ${JSON.stringify(event)}\n\n`,
  )
  // Filtered out or not, what lies behind need not be looked at again; it keeps the connection alive as well.
  const text = `${events.join('')}id: ${nextCursor}\n: \n\n`
  if (!raw.write(text) && !signal.aborted) await once(raw, 'drain', { signal }).catch(() => {})
}
