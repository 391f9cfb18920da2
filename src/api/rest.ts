import { finished, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import type { Request, Wishes } from './context.ts'
import { placesOf } from './endpoint.ts'
import { execute } from './execute.ts'
import type { AnyOperation, Module, Sent } from './operation.ts'
import { Problem } from './problem.ts'
import { queryReader } from './query-string.ts'
import type { Outcome } from './write.ts'

/** Milliseconds, for reads that may wait for something to tell. */
const longestWait = 35_000

const bulkLimit = 10 * 1024 * 1024
/** Characters of an answer worth a buffer of its own. */
const longText = 16 * 1024
/** An upload may take this long, in milliseconds, writing included; its sender may not pause (upload of the operation). */
const uploadTimeout = 3_600_000

/** Registers one route per operation. Validation happens in the door, so Fastify is given none. */
export const rest =
  (modules: readonly Module[], requestOf: (request: FastifyRequest) => Request): FastifyPluginAsync =>
  async (app) => {
    const collections = new Map(modules.flatMap(({ resource }) => (resource ? [[resource.name, resource.path]] : [])))
    for (const operation of modules.flatMap((module) => module.operations)) {
      const { method, path, body, inQuery } = placesOf(operation)
      const writes = method !== 'GET'
      const readQuery = queryReader(inQuery, writes)
      const collection = collections.get(operation.returns ?? operation.tag ?? '')
      const route: RouteOptions = {
        method,
        url: path,
        ...(path.endsWith('/batch') ? { bodyLimit: bulkLimit } : {}),
        ...(operation.patient ? { handlerTimeout: longestWait, config: { waits: true } } : {}),
        ...(operation.upload ? { config: { isUpload: true, answerWithin: uploadTimeout } } : {}),
        handler: async (request, reply) => {
          const { validateOnly, ...query } = readQuery(request.query as Record<string, string | string[]>)
          const input = { ...query, ...(request.params as object), ...(body ? { input: request.body } : {}) }
          const context = requestOf(request)
          const wishes = writes ? wishesOf(request, validateOnly) : {}
          const outcome = await execute(operation, context, input, wishes).finally(() => {
            if (operation.upload) readPast(request)
          })
          describe(request, reply, outcome, collection, operation.patient ? 'after' : 'cursor')
          if (outcome.status === 204) return reply.code(204).send()
          if (isUnchanged(request, reply, outcome.output)) return reply.code(304).send()
          if (operation.picture) return reply.type(operation.picture).send(outcome.output)
          const text = outcome.answer ?? textOf(operation, context, outcome.output, query['fields'])
          // Of a long text Node would make another one, with the headers before it, and then three times the room.
          const sent = text.length > longText ? Buffer.from(text) : text
          return reply.code(outcome.status).type('application/json; charset=utf-8').send(sent)
        },
      }
      if (operation.upload) await app.register(streaming(operation.upload.mediaTypes, route))
      else app.route(route)
    }
  }

/** A scope in which bodies of these types, and no others, are handed on as they arrive. */
const streaming =
  (mediaTypes: readonly string[], route: RouteOptions): FastifyPluginAsync =>
  async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser(
      [...mediaTypes],
      async ({ headers }: FastifyRequest, stream: Readable): Promise<Sent> => ({
        stream: decompressed(stream, headers['content-encoding']),
        mediaType: headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '',
        length: headers['content-length'] === undefined ? null : Number(headers['content-length']),
      }),
    )
    scope.addContentTypeParser('*', async () => {
      throw new Problem('unsupported_media_type', `Send ${mediaTypes.join(' or ')}`)
    })
    scope.route(route)
  }

/** @throws Problem 415 for an encoding other than gzip */
const decompressed = (stream: Readable, encoding = 'identity'): Readable => {
  if (encoding === 'identity') return stream
  if (encoding !== 'gzip') throw new Problem('unsupported_media_type', 'Of content encodings only gzip is read')
  const gunzip = createGunzip()
  // It may fail before anybody reads; whoever reads then is told. The body itself stays: see readPast.
  gunzip.on('error', () => {})
  finished(stream, (error) => error && gunzip.destroy(error))
  return stream.pipe(gunzip)
}

/** Milliseconds a sender may go on sending what was refused already. */
const lingering = 30_000

/** Reads past the rest of a body that was refused midway: an answer on a closed connection would not arrive. */
const readPast = ({ raw }: FastifyRequest): void => {
  if (raw.readableEnded || raw.destroyed) return
  const timer = setTimeout(() => raw.destroy(), lingering)
  raw.once('close', () => clearTimeout(timer)).unpipe()
  raw.resume()
}

/** @throws Problem 422 for a `validateOnly` that is no boolean, 412 for an If-Match that is no version of ours */
const wishesOf = ({ headers }: FastifyRequest, validateOnly: unknown): Wishes => {
  const key = headers['idempotency-key']
  if (validateOnly !== undefined && typeof validateOnly !== 'boolean') {
    throw new Problem('invalid_input', '/validateOnly: true or false')
  }
  if (key !== undefined && (typeof key !== 'string' || key.length === 0 || key.length > 255)) {
    throw new Problem('invalid_input', 'Idempotency-Key: 1 to 255 characters')
  }
  return { ifMatch: versionOf(headers['if-match']), idempotencyKey: key, validateOnly }
}

/** The version an If-Match names; undefined is any. @throws Problem 412 for what is no ETag of ours */
export const versionOf = (ifMatch: string | undefined): number | undefined => {
  if (ifMatch === undefined || ifMatch === '*') return undefined
  const [, version] = /^(?:W\/)?"(\d{1,9})"$/.exec(ifMatch) ?? []
  if (version === undefined) throw new Problem('precondition_failed', `If-Match ${ifMatch} is not an ETag of this API`)
  return Number(version)
}

/** Headers that repeat what the answer says: ETag, Location, Link. */
const describe = (
  request: FastifyRequest,
  reply: FastifyReply,
  { status, output, answer }: Outcome,
  collection: string | undefined,
  cursorName: string,
) => {
  const { id, version, nextCursor } = (output ?? {}) as { id?: string; version?: number; nextCursor?: string | null }
  if (version !== undefined) reply.header('etag', `"${version}"`)
  if (status === 201 && id && collection) reply.header('location', `/v1/${collection}/${id}`)
  if (nextCursor) reply.header('link', `<${nextUrl(request, cursorName, nextCursor)}>; rel="next"`)
  if (answer !== undefined) reply.header('idempotency-replayed', 'true')
}

/** A version moves with edits only: what is scored may answer other numbers under the same version. */
const isUnchanged = ({ method, headers }: FastifyRequest, reply: FastifyReply, output: unknown): boolean => {
  if (typeof output === 'object' && output !== null && 'scoredAt' in output) return false
  const known = headers['if-none-match']
  return method === 'GET' && known !== undefined && known === reply.getHeader('etag')
}

/** The address of the next page, relative to the origin, so that it holds behind any proxy. */
const nextUrl = ({ url }: FastifyRequest, name: string, cursor: string): string => {
  const { pathname, searchParams } = new URL(url, 'http://origin')
  searchParams.set(name, cursor)
  return `${pathname}?${searchParams.toString()}`
}

const textOf = (operation: AnyOperation, { house }: Request, output: unknown, fields: unknown): string => {
  if (typeof fields !== 'string') return house.serializers.of(operation)(output)
  // The compiled serializer insists on every member, so a sparse answer is picked from the full one.
  const wanted = new Set(fields.split(','))
  const pick = (row: object) => Object.fromEntries(Object.entries(row).filter(([key]) => wanted.has(key)))
  const full = JSON.parse(house.serializers.of(operation)(output)) as { items?: object[] }
  return JSON.stringify(operation.list ? { ...full, items: full.items?.map(pick) } : pick(full))
}
