import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { Request } from '../api/context.ts'
import { execute } from '../api/execute.ts'
import type { AnyOperation } from '../api/operation.ts'
import { Problem } from '../api/problem.ts'
import { versionOf } from '../api/rest.ts'
import { toProblem } from '../api/to-problem.ts'
import { readJson } from '../http/body.ts'
import { isObject, type Members } from './body.ts'
import { resourceTypes, schemaDocuments, serviceProviderConfig } from './discovery.ts'
import { scimErrorOf } from './error.ts'
import { scimGroups } from './group.operations.ts'
import type { GroupRow } from './group.queries.ts'
import type { Page } from './list.ts'
import type { PersonRow } from './person.ts'
import { type Projection, projected, projectionOf, shows } from './projection.ts'
import { etagOf, renderGroup, renderUser } from './render.ts'
import { groupType, type ResourceType, userType } from './schema.ts'
import { scimUsers } from './user.operations.ts'

type Options = { requestOf: (request: FastifyRequest) => Request }
type Row = { id: string; version: number }

/** A group of ten thousand people, each with a name and an address, is this large. */
const bodyLimit = 4 * 1024 * 1024
const mediaType = 'application/scim+json; charset=utf-8'

/** SCIM 2.0 (RFC 7643, RFC 7644): another printing of the directory, entered through the same door. */
export const scim: FastifyPluginAsync<Options> = async (app, { requestOf }) => {
  app.addContentTypeParser('application/scim+json', { parseAs: 'buffer' }, readJson)
  app.setErrorHandler(refuse)
  app.setNotFoundHandler(() => {
    throw new Problem('not_found', 'There is nothing at this address')
  })
  discovery(app)
  resources(app, requestOf, userType, scimUsers, (row, base) => renderUser(row as unknown as PersonRow, base))
  resources(app, requestOf, groupType, scimGroups, (row, base) => renderGroup(row as unknown as GroupRow, base))
}

const baseOf = ({ protocol, host }: FastifyRequest): string => `${protocol}://${host}/scim/v2`
const answer = (reply: FastifyReply, status: number, body: unknown) =>
  reply.code(status).type(mediaType).send(JSON.stringify(body))

const refuse = (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
  const problem = toProblem(error)
  const { status, body } = scimErrorOf(problem)
  if (status >= 500) request.log.error({ err: error }, problem.message)
  if (problem.retryAfter !== undefined) reply.header('retry-after', Math.ceil(problem.retryAfter))
  if (status === 401) reply.header('www-authenticate', 'Bearer')
  return answer(reply, status, body)
}

const listResponse = (total: number, startIndex: number, resources: readonly unknown[]) => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
  totalResults: total,
  startIndex,
  itemsPerPage: resources.length,
  Resources: resources,
})

/** What clients learn the service by; any valid credential will do. */
const discovery = (app: FastifyInstance): void => {
  app.get('/ServiceProviderConfig', async (request, reply) =>
    answer(reply, 200, serviceProviderConfig(baseOf(request))),
  )
  for (const [path, documentsOf] of [
    ['/ResourceTypes', resourceTypes],
    ['/Schemas', schemaDocuments],
  ] as const) {
    app.get(path, async (request, reply) => {
      // RFC 7644 §4: nobody shall believe that these were filtered.
      if (isObject(request.query) && 'filter' in request.query)
        throw new Problem('forbidden', 'This list has no filters')
      const documents = documentsOf(baseOf(request))
      return answer(reply, 200, listResponse(documents.length, 1, documents))
    })
    app.get<{ Params: { id: string } }>(`${path}/:id`, async (request, reply) => {
      const found = documentsOf(baseOf(request)).find(({ id }) => id === request.params.id)
      if (!found) throw new Problem('not_found')
      return answer(reply, 200, found)
    })
  }
}

const listMembers = ['filter', 'startIndex', 'count', 'sortBy', 'sortOrder']

const resources = (
  app: FastifyInstance,
  requestOf: Options['requestOf'],
  type: ResourceType,
  operations: Record<'list' | 'get' | 'create' | 'replace' | 'patch' | 'remove', AnyOperation>,
  render: (row: Row, base: string) => Members,
): void => {
  const { endpoint } = type
  const wishes = ({ headers }: FastifyRequest) => ({ ifMatch: versionOf(headers['if-match']) })
  const queryOf = ({ query }: FastifyRequest): Members => query as Members
  const projectionIn = ({ attributes, excludedAttributes }: Members): Projection =>
    projectionOf(type, attributes, excludedAttributes)
  const wholeOf = (projection: Projection) => (type === groupType ? { whole: shows(projection, 'members') } : {})

  const send = (request: FastifyRequest, reply: FastifyReply, status: number, row: Row, projection: Projection) => {
    const resource = render(row, baseOf(request))
    reply.header('etag', etagOf(row))
    if (status === 201) reply.header('location', (resource['meta'] as { location: string }).location)
    if (request.method === 'GET' && request.headers['if-none-match'] === etagOf(row)) return reply.code(304).send()
    return answer(reply, status, projected(resource, projection))
  }

  const list = async (request: FastifyRequest, reply: FastifyReply, asked: Members) => {
    const projection = projectionIn(asked)
    const members = Object.entries(asked).filter(([name, value]) => listMembers.includes(name) && value !== null)
    const input = { ...Object.fromEntries(members), ...wholeOf(projection) }
    const { output } = await execute(operations.list, requestOf(request), input)
    const { total, startIndex, rows } = output as Page<Row>
    const base = baseOf(request)
    const shown = rows.map((row) => projected(render(row, base), projection))
    return answer(reply, 200, listResponse(total, startIndex, shown))
  }

  const write = (operation: AnyOperation, status: number) => async (request: FastifyRequest, reply: FastifyReply) => {
    const projection = projectionIn(queryOf(request))
    const input = { ...(request.params as object), input: request.body, ...wholeOf(projection) }
    const { output } = await execute(operation, requestOf(request), input, wishes(request))
    return send(request, reply, status, output as Row, projection)
  }

  app.get(endpoint, (request, reply) => list(request, reply, queryOf(request)))
  app.post(`${endpoint}/.search`, (request, reply) => list(request, reply, isObject(request.body) ? request.body : {}))
  app.get(`${endpoint}/:id`, async (request, reply) => {
    const projection = projectionIn(queryOf(request))
    const input = { ...(request.params as object), ...wholeOf(projection) }
    const { output } = await execute(operations.get, requestOf(request), input)
    return send(request, reply, 200, output as Row, projection)
  })
  app.post(endpoint, { bodyLimit }, write(operations.create, 201))
  app.put(`${endpoint}/:id`, { bodyLimit }, write(operations.replace, 200))
  app.patch(`${endpoint}/:id`, { bodyLimit }, write(operations.patch, 200))
  app.delete(`${endpoint}/:id`, async (request, reply) => {
    await execute(operations.remove, requestOf(request), request.params, wishes(request))
    return reply.code(204).send()
  })
}
