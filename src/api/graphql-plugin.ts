import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { GraphQLError, type GraphQLSchema, getOperationAST, OperationTypeNode } from 'graphql'
import mercurius from 'mercurius'
import type { NotedRead, Request } from './context.ts'
import type { GraphQLContext } from './graphql-edges.ts'
import { limitQuery, limitTokens } from './graphql-limits.ts'
import { type SocketOptions, subscriptionHandler } from './graphql-socket.ts'
import { Problem } from './problem.ts'
import { auditReads } from './read-audit.ts'
import { createSnapshot } from './snapshot.ts'
import { toProblem } from './to-problem.ts'

type Parameters = { query: string; variables?: Record<string, unknown>; operationName?: string }
type Options = { schema: GraphQLSchema; requestOf: (request: FastifyRequest) => Request } & Omit<
  SocketOptions,
  'schema'
>

const newType = 'application/graphql-response+json'

/**
 * `/graphql` by the GraphQL over HTTP specification. Mercurius parses, validates, caches and compiles; the route is ours,
 * because its own one neither speaks the newer media type nor keeps the status codes.
 */
export const graphqlPlugin: FastifyPluginAsync<Options> = async (app, { schema, requestOf, ...socket }) => {
  await app.register(mercurius, {
    schema,
    routes: false,
    graphiql: false,
    jit: 1,
    errorFormatter: (execution) => ({ statusCode: 200, response: execution as never }),
  })
  app.graphql.addHook('preParsing', async (_schema, source) => limitTokens(source))
  app.graphql.addHook('preExecution', async (_schema, document, context) => {
    const { variables, operationName } = context as unknown as Parameters
    if (getOperationAST(document, operationName)?.operation === OperationTypeNode.SUBSCRIPTION)
      throw new Problem('method_not_allowed', 'Subscriptions take a WebSocket, by graphql-transport-ws')
    limitQuery(document, variables)
  })

  const answer = async (
    request: FastifyRequest,
    reply: FastifyReply,
    { query, variables, operationName }: Parameters,
  ) => {
    const type = mediaTypeOf(request)
    const own = { ...requestOf(request), noted: [] as NotedRead[] }
    const snapshot = createSnapshot(own)
    const context = {
      request: own,
      snapshot,
      loaders: new Map(),
      reply,
      variables,
      operationName,
    } satisfies GraphQLContext & Record<string, unknown>
    try {
      const { data, errors } = await app.graphql(query, context as never, variables, operationName)
      await snapshot.close()
      await auditReads(own, own.noted)
      return send(reply, type, 200, {
        ...(errors ? { errors: errors.map((error) => formatError(error as GraphQLError, request)) } : {}),
        data: data ?? null,
      })
    } catch (error) {
      const { errors: faults, code } = error as { errors?: GraphQLError[]; code?: string }
      if (code === 'MER_ERR_GQL_VALIDATION' && faults)
        return send(reply, type, 400, { errors: faults.map((fault) => formatError(fault, request)) })
      if (code === 'MER_ERR_METHOD_NOT_ALLOWED')
        return send(reply.header('allow', 'POST'), type, 405, {
          errors: [formatError(new Problem('method_not_allowed', 'Mutations take POST'), request)],
        })
      return send(reply, type, toProblem(error).status, { errors: [formatError(error as Error, request)] })
    } finally {
      await snapshot.close()
    }
  }

  app.post('/graphql', (request, reply) => answer(request, reply, parametersOf(request.body)))
  app.route({
    method: 'GET',
    url: '/graphql',
    handler: (request, reply) =>
      answer(request, reply, parametersOf(fromQuery(request.query as Record<string, string>))),
    wsHandler: subscriptionHandler(app, { schema, ...socket }),
  })
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** @throws Problem 400 for what is no GraphQL request, batches included */
const parametersOf = (given: unknown): Parameters => {
  if (!isObject(given))
    throw new Problem('malformed_request', 'Send one GraphQL request: { query, variables, operationName }')
  const { query, variables, operationName, extensions } = given
  if (typeof query !== 'string') throw new Problem('malformed_request', 'query: the GraphQL document')
  if (variables != null && !isObject(variables)) throw new Problem('malformed_request', 'variables: an object')
  if (operationName != null && typeof operationName !== 'string')
    throw new Problem('malformed_request', 'operationName: a name')
  if (extensions != null && !isObject(extensions)) throw new Problem('malformed_request', 'extensions: an object')
  return { query, variables: variables ?? {}, ...(operationName ? { operationName } : {}) } as Parameters
}

const fromQuery = ({ variables, extensions, ...rest }: Record<string, string>): unknown => {
  try {
    return {
      ...rest,
      variables: variables ? JSON.parse(variables) : null,
      extensions: extensions ? JSON.parse(extensions) : null,
    }
  } catch {
    throw new Problem('malformed_request', 'variables and extensions: JSON')
  }
}

/** The newer type where the caller prefers it; plain JSON for everybody else, as before it existed. */
const mediaTypeOf = ({ headers }: FastifyRequest): string => {
  const accept = headers.accept ?? '*/*'
  if (accept.includes(newType)) return newType
  if (/\*\/\*|application\/(json|\*)/.test(accept)) return 'application/json'
  throw new Problem('not_acceptable', `Answers come as ${newType} or application/json`)
}

/** Under `application/json` a GraphQL error is no HTTP error: old clients would not read its body. */
const send = (reply: FastifyReply, type: string, status: number, body: object) =>
  reply
    .code(type === newType || status === 405 ? status : status >= 500 ? status : 200)
    .type(`${type}; charset=utf-8`)
    .send(JSON.stringify(body))

/** GraphQL's envelope around the same problems REST answers with. */
const formatError = (error: Error, request: FastifyRequest) => {
  const { originalError, path, locations } = error as GraphQLError
  // Variables that do not fit their types come as an error of GraphQL's about another one of its own.
  const isOfGraphql = error instanceof GraphQLError && (!originalError || originalError instanceof GraphQLError)
  const problem = isOfGraphql ? new Problem('malformed_request', error.message) : toProblem(originalError ?? error)
  if (problem.status >= 500) request.log.error({ err: originalError ?? error }, problem.message)
  return {
    message: problem.message,
    ...(locations ? { locations } : {}),
    ...(path ? { path } : {}),
    extensions: problem.toJSON(`urn:uuid:${request.id}`),
  }
}
