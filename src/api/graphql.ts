import {
  GraphQLBoolean,
  type GraphQLFieldConfig,
  GraphQLInt,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
  getNullableType,
} from 'graphql'
import { endpointOf } from './endpoint.ts'
import { execute } from './execute.ts'
import { type EdgeField, edgesOf, type GraphQLContext, membersAsked } from './graphql-edges.ts'
import type { Connection } from './graphql-load.ts'
import { namesAsked } from './graphql-members.ts'
import { subscriptionField } from './graphql-subscription.ts'
import { createTypes } from './graphql-types.ts'
import type { Document, OperationObject } from './openapi.ts'
import type { AnyOperation, Module } from './operation.ts'
import { outputOf } from './serialize.ts'

type Field = GraphQLFieldConfig<unknown, GraphQLContext, Record<string, unknown>>

/** The GraphQL printing of the contract: a query for each GET, a mutation for everything else, edges from both ends. */
export const graphqlOf = (modules: readonly Module[], document: Document): GraphQLSchema => {
  const edges = edgesOf(modules)
  const types = createTypes(document, edges)
  const query: Record<string, Field> = {}
  const mutation: Record<string, Field> = {}
  const subscription: Record<string, ReturnType<typeof subscriptionField>> = {}
  for (const operation of modules.flatMap((module) => module.operations)) {
    if (operation.surfaces) continue
    const { method, path } = endpointOf(operation)
    const object = document.paths[`/v1${path.replaceAll(/:(\w+)/g, '{$1}')}`]?.[method.toLowerCase()] as OperationObject
    if (operation.patient)
      subscription[operation.name] = subscriptionField(operation, streamArguments(object, types), types, document)
    if (operation.list) query[operation.name] = tracked(listField(operation, object, types, edges))
    else if (method === 'GET') query[operation.name] = tracked(readField(operation, object, types, document))
    // Not tracked: before it writes it waits for what is.
    else mutation[operation.name] = writeField(operation, object, types, document)
  }
  return new GraphQLSchema({
    query: new GraphQLObjectType({ name: 'Query', fields: query }),
    mutation: new GraphQLObjectType({ name: 'Mutation', fields: mutation }),
    subscription: new GraphQLObjectType({ name: 'Subscription', fields: subscription }),
  })
}

const tracked = ({ resolve, ...field }: Field): Field => ({
  ...field,
  resolve: (root, args, context, info) =>
    context.snapshot.track(resolve?.(root, args, context, info) as Promise<unknown>),
})

type Types = ReturnType<typeof createTypes>

/** What only REST carries, or what GraphQL says in its own words. */
const restOnly = new Set(['fields', 'cursor', 'validateOnly', 'wait'])

const argumentsOf = (
  { parameters = [], requestBody }: OperationObject,
  types: Types,
  leftOut: ReadonlySet<string> = restOnly,
): NonNullable<Field['args']> => {
  const plain = parameters.filter((parameter) => parameter.in !== 'header' && !leftOut.has(parameter.name))
  const body = requestBody?.content['application/json']?.schema
  return {
    ...Object.fromEntries(
      plain.map(({ name, schema, required, description }) => [
        name,
        { type: types.typeOf(schema, 'in', required ?? false), description },
      ]),
    ),
    ...(body ? { input: { type: types.typeOf(body, 'in') } } : {}),
  }
}

/** A connection says `first` and `after`; a stream has no pages. */
const withoutLimit = new Set([...restOnly, 'limit'])
const streamArguments = (object: OperationObject, types: Types) => argumentsOf(object, types, withoutLimit)

const typeOf = (operation: AnyOperation, types: Types, document: Document) =>
  operation.returns ? types.named(operation.returns, 'out') : types.typeOf(outputOf(document, operation), 'out')

const readField = (operation: AnyOperation, object: OperationObject, types: Types, document: Document): Field => ({
  description: operation.summary,
  type: typeOf(operation, types, document),
  args: argumentsOf(object, types),
  resolve: async (_root, args, { request, snapshot }) =>
    (await execute(operation, request, given(args), {}, await snapshot.transaction())).output,
})

const listField = (
  operation: AnyOperation,
  object: OperationObject,
  types: Types,
  edges: readonly EdgeField[],
): Field => {
  const { resource, cursorOf } = operation.list as NonNullable<AnyOperation['list']>
  return {
    description: operation.summary,
    type: new GraphQLNonNull(types.connection(resource.name)),
    args: {
      ...argumentsOf(object, types, withoutLimit),
      first: { type: GraphQLInt, defaultValue: 25 },
      after: { type: GraphQLString },
    },
    resolve: async (_root, { first, after, ...filters }, { request, snapshot }, info): Promise<Connection> => {
      const input = given({ ...filters, limit: first, cursor: after })
      const members = membersAsked(edges, resource, namesAsked(info, true))
      const { output } = await execute(operation, request, input, { members }, await snapshot.transaction())
      const { items, nextCursor } = output as { items: Connection['nodes']; nextCursor: string | null }
      const ctx = await snapshot.context()
      return { nodes: items, more: nextCursor !== null, cursorOf: (row) => cursorOf(ctx, input, row as never) }
    },
  }
}

/** What a write answers is there, or the write failed. */
const writtenType = (operation: AnyOperation, types: Types, document: Document) =>
  getNullableType(typeOf(operation, types, document))

const writeField = (operation: AnyOperation, object: OperationObject, types: Types, document: Document): Field => {
  const versioned = object.parameters?.some(({ name }) => name === 'If-Match')
  return {
    description: operation.summary,
    type: new GraphQLNonNull(writtenType(operation, types, document)),
    args: {
      ...argumentsOf(object, types),
      ...(versioned ? { ifMatch: { type: GraphQLInt, description: 'The version the change builds on.' } } : {}),
      idempotencyKey: {
        type: GraphQLString,
        description: 'A retry with the same key gets the same answer, for 24 hours.',
      },
      validateOnly: { type: GraphQLBoolean, description: 'Check everything, store nothing.' },
    },
    resolve: async (_root, { ifMatch, idempotencyKey, validateOnly, ...args }, { request, snapshot }) => {
      // What was read before this write must not be shown after it.
      await snapshot.end()
      // A dry run is undone only when the edges of its answer have been read in it.
      const wishes = given({
        ifMatch,
        idempotencyKey,
        validateOnly,
        ...(validateOnly ? { adopt: snapshot.adopt } : {}),
      })
      return (await execute(operation, request, given(args), wishes)).output
    },
  }
}

/** GraphQL says "left out" with undefined or, for an optional argument, null. */
const given = (args: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined && value !== null))
