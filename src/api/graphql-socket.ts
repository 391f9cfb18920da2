import type { WebSocket } from '@fastify/websocket'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { GraphQLError, type GraphQLSchema, getOperationAST, OperationTypeNode, parse, validate } from 'graphql'
import { makeHandler } from 'graphql-ws/use/@fastify/websocket'
import type { Request } from './context.ts'
import { limitQuery, limitTokens } from './graphql-limits.ts'
import type { SubscriptionContext } from './graphql-subscription.ts'
import { Problem } from './problem.ts'
import { toProblem } from './to-problem.ts'

export type SocketOptions = {
  schema: GraphQLSchema
  /** Proves a credential, `Bearer …`, and counts an attempt that fails. */
  prove: (request: FastifyRequest, authorization: string | undefined) => Promise<Request>
  /** The same for a credential that was proven before: whoever else fails from its address is not its fault. */
  renew: (request: FastifyRequest, authorization: string | undefined) => Promise<Request>
  /** Takes one of the organization's places for what stays open; the answer gives it back. */
  hold: (tenantId: string) => () => void
  /** Aborts when the service ends. */
  closing: AbortSignal
}

/** Subscriptions one connection may have at once. */
const subscriptionsAtMost = 20
/** What a client that does not close in turn is given, when the service ends. */
const closingMilliseconds = 2_000
/** What HTTP would have answered with 401, 429 and 503; and what clients take for final. */
const codes = { unauthenticated: 4401, too_many_requests: 4429, unavailable: 1013, internal: 4500 } as const

type Extra = { socket: WebSocket; request: FastifyRequest }

/**
 * Subscriptions by the protocol graphql-transport-ws, at the address of queries. The credential comes as `authorization` in
 * connection_init, because browsers cannot set headers, or as the header. Queries and mutations stay with HTTP.
 */
export const subscriptionHandler = (app: FastifyInstance, { schema, prove, renew, hold, closing }: SocketOptions) => {
  closing.addEventListener('abort', () => {
    for (const socket of app.websocketServer.clients) {
      socket.close(1001, 'Going away')
      setTimeout(() => socket.terminate(), closingMilliseconds).unref()
    }
  })

  return makeHandler<Record<string, unknown>, Extra>({
    connectionInitWaitTimeout: 5_000,
    onConnect: async ({ connectionParams, extra }) => {
      const { socket, request } = extra
      try {
        const { actor } = await prove(request, authorizationOf(connectionParams, request))
        const release = hold(actor.tenantId)
        // Gone while it was being proven: nothing would ever give the place back.
        if (socket.readyState === socket.CLOSED) release()
        else socket.once('close', release)
        return true
      } catch (error) {
        closeFor(socket, toProblem(error))
        return false
      }
    },
    onSubscribe: ({ connectionParams, extra, subscriptions }, _id, { query, variables, operationName }) => {
      try {
        if (Object.keys(subscriptions).length > subscriptionsAtMost)
          throw new Problem('too_many_requests', `At most ${subscriptionsAtMost} subscriptions of one connection`)
        limitTokens(query)
        const document = parse(query)
        const faults = validate(schema, document)
        if (faults.length > 0)
          return faults.map((fault) => problemError(new Problem('malformed_request', fault.message)))
        limitQuery(document, variables ?? {})
        if (getOperationAST(document, operationName)?.operation !== OperationTypeNode.SUBSCRIPTION)
          throw new Problem('method_not_allowed', 'Queries and mutations take POST /graphql')
        const { socket, request } = extra
        const contextValue: SubscriptionContext = {
          request: () => renew(request, authorizationOf(connectionParams, request)),
          signal: closing,
          failed: (error) => closeFor(socket, toProblem(error)),
        }
        return {
          schema,
          document,
          variableValues: variables ?? null,
          operationName: operationName ?? null,
          contextValue,
        }
      } catch (error) {
        return [
          problemError(
            error instanceof GraphQLError ? new Problem('malformed_request', error.message) : toProblem(error),
          ),
        ]
      }
    },
  })
}

const authorizationOf = (params: Readonly<Record<string, unknown>> | undefined, { headers }: FastifyRequest) => {
  const said = params?.['authorization'] ?? params?.['Authorization']
  return typeof said === 'string' ? said : headers.authorization
}

const problemError = (problem: Problem): GraphQLError =>
  new GraphQLError(problem.message, { extensions: problem.toJSON() })

const closeFor = (socket: WebSocket, { code, message }: Problem): void =>
  socket.close(code in codes ? codes[code as keyof typeof codes] : codes.internal, message.slice(0, 100))
