import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Request } from '../api/context.ts'
import { toProblem } from '../api/to-problem.ts'
import { type BiTable, mayRead } from '../bi/table.ts'
import { biTables } from '../bi/tables.ts'
import { countOf, pageOf } from './answer.ts'
import { metadataOf } from './metadata.ts'
import { ODataError, unreadable, unsupported } from './odata-error.ts'
import { type Options, optionsOf } from './options.ts'

const largestPage = 10_000
const json = 'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8'

type Target = { table: BiTable; key: string | undefined; counts: boolean }

/** `KeyResults`, `KeyResults(<guid>)` or `KeyResults/$count`. */
const targetOf = (path: string, request: Request): Target => {
  // Clients that do not know the type of a key put it in quotes.
  const [, set = '', , key, count] = /^([A-Za-z]+)(?:\(('?)([^()']*)\2\))?(\/\$count)?$/.exec(path) ?? []
  const table = biTables.find(({ entitySet }) => entitySet === set)
  if (!table || !mayRead(request.actor, table)) {
    if (path.startsWith('$') || path.includes('/')) throw unsupported(path.slice(0, 50))
    throw new ODataError(404, 'not_found', `There is no entity set "${path.slice(0, 50)}"`)
  }
  if (key !== undefined && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(key))
    throw unreadable('a key is a GUID')
  return { table, key, counts: count !== undefined }
}

/** What a client prefers (`Prefer: odata.maxpagesize=500`), at most 10,000 rows. */
const pageSizeOf = ({ headers }: FastifyRequest): number => {
  const [, size] = /(?:^|[,;\s])(?:odata\.)?maxpagesize=(\d{1,9})/.exec(String(headers['prefer'] ?? '')) ?? []
  return size && Number(size) > 0 ? Math.min(Number(size), largestPage) : largestPage
}

/**
 * OData v4, read-only, over the published tables: service document, `$metadata`, entity sets with server-driven paging,
 * entities by key and `/$count`. What is not supported answers 501, never something else than what was asked.
 */
export const odata = async (
  app: FastifyInstance,
  { requestOf }: { requestOf: (request: FastifyRequest) => Request },
): Promise<void> => {
  app.addHook('onSend', async (_request, reply) => void reply.header('odata-version', '4.0'))
  app.setErrorHandler(refuse)

  const rootOf = ({ protocol, host }: FastifyRequest): string => `${protocol}://${host}/odata/v4`
  const readable = (request: FastifyRequest) => biTables.filter((table) => mayRead(requestOf(request).actor, table))

  app.get('/', (request, reply) => {
    const value = readable(request).map(({ entitySet: name }) => ({ name, kind: 'EntitySet', url: name }))
    return send(reply, JSON.stringify({ '@odata.context': `${rootOf(request)}/$metadata`, value }))
  })
  app.get('/$metadata', (request, reply) =>
    reply.type('application/xml;charset=utf-8').send(metadataOf(readable(request))),
  )
  app.get('/*', async (request, reply) => {
    const asked = requestOf(request)
    const { table, key, counts } = targetOf((request.params as { '*': string })['*'], asked)
    const options = optionsOf(request.query as Record<string, string | string[]>)
    const context = `${rootOf(request)}/$metadata#${table.entitySet}`
    if (counts) {
      reply.type('text/plain;charset=utf-8')
      return reply.send(String(await countOf(asked, table, options)))
    }
    if (key !== undefined) return sendEntity(reply, asked, table, key, options, context)
    const { rows, count, nextToken } = await pageOf(asked, table, options, pageSizeOf(request))
    const shown = options.select ?? options.apply?.groupBy.concat(options.apply.aggregates.map(({ as }) => as))
    const head = [
      `"@odata.context":${JSON.stringify(shown ? `${context}(${shown.join(',')})` : context)}`,
      ...(count === undefined ? [] : [`"@odata.count":${count}`]),
    ]
    const tail = nextToken ? `,"@odata.nextLink":${JSON.stringify(nextLink(request, nextToken))}` : ''
    return send(reply, `{${head.join(',')},"value":[${rows.join(',')}]${tail}}`)
  })
}

const sendEntity = async (
  reply: FastifyReply,
  asked: Request,
  table: BiTable,
  key: string,
  options: Options,
  context: string,
) => {
  if (options.apply || options.filter) throw unreadable('an entity has no $filter and no $apply')
  const filter = {
    kind: 'binary',
    operator: 'eq',
    left: { kind: 'column', name: table.key },
    right: { kind: 'literal', type: 'Guid', value: key },
  } as const
  const { rows } = await pageOf(asked, table, { ...options, filter, orderBy: [], top: 1, skip: 0, count: false }, 1)
  if (rows[0] === undefined) throw new ODataError(404, 'not_found', 'There is no such entity')
  const members = rows[0].slice(1)
  return send(reply, `{"@odata.context":${JSON.stringify(`${context}/$entity`)}${members === '}' ? '' : ','}${members}`)
}

const send = (reply: FastifyReply, text: string) => reply.type(json).send(text)

/** The same request with the token; `$skip` has done its work on the first page, `$top` is counted in the token. */
const nextLink = ({ protocol, host, url }: FastifyRequest, token: string): string => {
  const next = new URL(url, `${protocol}://${host}`)
  for (const name of ['$skiptoken', 'skiptoken']) next.searchParams.delete(name)
  next.searchParams.set('$skiptoken', token)
  return next.href
}

/** Failures as OData has them; the codes are those of the API. */
const refuse = (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
  const { status, code, message, retryAfter } = error instanceof ODataError ? fields(error) : fromProblem(error)
  if (status >= 500 && status !== 501) request.log.error({ err: error }, message)
  if (retryAfter !== undefined) reply.header('retry-after', Math.ceil(retryAfter))
  if (status === 401) reply.header('www-authenticate', 'Basic realm="Headway", charset="UTF-8"')
  return reply
    .code(status)
    .type(json)
    .send(JSON.stringify({ error: { code, message } }))
}

type Failure = { status: number; code: string; message: string; retryAfter?: number | undefined }

const fields = ({ status, code, message }: ODataError): Failure => ({ status, code, message })

const fromProblem = (error: unknown): Failure => {
  const { status, code, message, retryAfter } = toProblem(error)
  return { status, code, message, retryAfter }
}
