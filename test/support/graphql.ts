import {
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  getNamedType,
  isLeafType,
  isObjectType,
  isUnionType,
} from 'graphql'
import { graphqlOf } from '../../src/api/graphql.ts'
import type { AnyOperation } from '../../src/api/operation.ts'
import { modules } from '../../src/modules/index.ts'
import type { Answer, Caller } from './app.ts'
import { document } from './contract.ts'
import type { Call } from './requests.ts'

const schema = graphqlOf(modules, document)

/** How often a type that holds itself is asked for within itself: deeper than any sample. */
const levels = 3
/** How deep a document goes: within what the service answers. */
const deepest = 8

/** Every member REST would answer with; edges, which REST does not have, are left out. */
const selectionOf = (type: GraphQLOutputType, within: readonly string[] = []): string => {
  const named = getNamedType(type)
  if (!isObjectType(named)) return ''
  const path = [...within, named.name]
  const fields = Object.values(named.getFields())
  if (named.name.endsWith('Connection'))
    return `{ nodes ${selectionOf(named.getFields()['nodes']!.type, path)} pageInfo { hasNextPage endCursor } }`
  const published = document.components.schemas[named.name]?.properties
  return `{ ${fields
    .filter(
      (field) =>
        isLeafType(getNamedType(field.type)) || (published ? field.name in published : field.args.length === 0),
    )
    .filter((field) => path.filter((name) => name === getNamedType(field.type).name).length < levels)
    .filter((field) => path.length < deepest || isLeafType(getNamedType(field.type)))
    .map((field) => `${field.name} ${selectionOf(field.type, path)}`)
    .join(' ')} }`
}

const fieldOf = (operation: AnyOperation): { kind: string; field: GraphQLField<unknown, unknown> } => {
  const query = schema.getQueryType()?.getFields()[operation.name]
  const field = query ?? schema.getMutationType()?.getFields()[operation.name]
  if (!field) throw new Error(`GraphQL has no ${operation.name}`)
  return { kind: query ? 'query' : 'mutation', field }
}

/** The GraphQL document of an operation that takes all given arguments as variables and asks for every member. */
export const documentOf = (operation: AnyOperation, given: Record<string, unknown>): string => {
  const { kind, field } = fieldOf(operation)
  const used = field.args.filter(({ name }) => given[name] !== undefined)
  const variables = used.map(({ name, type }) => `$${name}: ${String(type)}`).join(', ')
  const values = used.map(({ name }) => `${name}: $${name}`).join(', ')
  const wrap = (text: string) => (text ? `(${text})` : '')
  return `${kind} Sweep${wrap(variables)} { ${operation.name}${wrap(values)} ${selectionOf(field.type)} }`
}

const idsOf = (type: GraphQLOutputType): string => {
  const named = getNamedType(type)
  if (isUnionType(named))
    return `{ ${named
      .getTypes()
      .map((each) => `... on ${each.name} { id }`)
      .join(' ')} }`
  return named.name.endsWith('Connection') ? '{ nodes { id } }' : '{ id }'
}

/** One document for each edge of a list's rows, asking for the ids at its other end. */
export const edgeDocumentsOf = (operation: AnyOperation, given: Record<string, unknown>): string[] => {
  const { field } = fieldOf(operation)
  const nodes = (getNamedType(field.type) as GraphQLObjectType).getFields()['nodes'] as GraphQLField<unknown, unknown>
  const named = getNamedType(nodes.type) as GraphQLObjectType
  const published = document.components.schemas[named.name]?.properties ?? {}
  const values = Object.entries(given).map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
  return Object.values(named.getFields())
    .filter(({ name, type }) => !(name in published) && !isLeafType(getNamedType(type)))
    .map(({ name, type }) => `{ ${operation.name}(${values.join(', ')}) { nodes { ${name} ${idsOf(type)} } } }`)
}

/** The same call by GraphQL, its answer in REST's words: the data, or the code of the problem. */
export const ask = async (caller: Caller, { operation, path, body }: Call, more: Record<string, unknown> = {}) => {
  const given = { ...path, ...(body === undefined ? {} : { input: body }), ...more }
  const answer: Answer = await caller.graphql(documentOf(operation, given), given)
  const { data, errors } = answer.body
  return { data: data?.[operation.name], problem: errors?.[0]?.extensions, errors }
}
