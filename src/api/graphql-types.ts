import {
  GraphQLBoolean,
  GraphQLEnumType,
  type GraphQLFieldConfigMap,
  GraphQLFloat,
  GraphQLID,
  GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLInt,
  GraphQLList,
  type GraphQLNamedType,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLString,
  GraphQLUnionType,
} from 'graphql'
import { type EdgeField, type GraphQLContext, resolverOf } from './graphql-edges.ts'
import type { Connection } from './graphql-load.ts'
import type { Document, JsonSchema } from './openapi.ts'
import { DateTime, GraphQLDate, Json } from './scalars.ts'

type Side = 'in' | 'out'
type Type = GraphQLInputType & GraphQLOutputType
type Fields = GraphQLFieldConfigMap<unknown, GraphQLContext>

const byFormat: Record<string, unknown> = { uuid: GraphQLID, 'date-time': DateTime, date: GraphQLDate }
const byType: Record<string, unknown> = {
  integer: GraphQLInt,
  number: GraphQLFloat,
  boolean: GraphQLBoolean,
  string: GraphQLString,
}

/** GraphQL types printed from the document's schemas: a named schema is a named type, everything else is written out. */
export const createTypes = (document: Document, edges: readonly EdgeField[]) => {
  const known = new Map<string, GraphQLNamedType>()
  const remember = <T extends GraphQLNamedType>(name: string, make: () => T): T => {
    if (!known.has(name)) known.set(name, make())
    return known.get(name) as T
  }

  const typeOf = (schema: JsonSchema, side: Side, required = true): Type => {
    const inner = schema.anyOf?.find(({ type }) => type !== 'null') ?? schema
    const nullable = [schema.type ?? []].flat().includes('null') || schema.anyOf?.some(({ type }) => type === 'null')
    const type = bareTypeOf(inner, side)
    return (required && !nullable ? new GraphQLNonNull(type as never) : type) as Type
  }

  const bareTypeOf = (schema: JsonSchema, side: Side): Type => {
    if (schema.$ref) return named(schema.$ref.split('/').at(-1) as string, side)
    const type = [schema.type ?? []].flat().find((each) => each !== 'null')
    if (type === 'array') return new GraphQLList(typeOf(schema.items ?? {}, side)) as unknown as Type
    if (type === 'string') return (byFormat[schema.format ?? ''] ?? GraphQLString) as Type
    // GraphQL's integers have 32 bits.
    if (schema.format === 'int64') return GraphQLFloat as Type
    return (byType[type ?? ''] ?? Json) as Type
  }

  const named = (component: string, side: Side): Type => {
    const schema = document.components.schemas[component]
    if (!schema) throw new Error(`the document has no schema ${component}`)
    const { description } = schema
    if (schema.enum) {
      const values = Object.fromEntries(
        schema.enum.filter((value) => value !== null).map((value) => [value, { value }]),
      )
      return remember(component, () => new GraphQLEnumType({ name: component, description, values })) as Type
    }
    if (!schema.properties) return bareTypeOf(schema, side)
    if (side === 'in') {
      const name = component.endsWith('Input') || component.endsWith('Item') ? component : `${component}Input`
      return remember(
        name,
        () => new GraphQLInputObjectType({ name, description, fields: () => fieldsOf(schema, 'in') as never }),
      ) as Type
    }
    const fields = () => ({ ...fieldsOf(schema, 'out'), ...edgeFields(component) })
    return remember(component, () => new GraphQLObjectType({ name: component, description, fields })) as unknown as Type
  }

  const fieldsOf = (schema: JsonSchema, side: Side): Fields =>
    Object.fromEntries(
      Object.entries(schema.properties ?? {}).map(([name, property]) => {
        const required = schema.required?.includes(name) ?? false
        const { description } = property
        return [
          name,
          {
            type: typeOf(property, side, required),
            description,
          },
        ]
      }),
    )

  const edgeFields = (component: string): Fields =>
    Object.fromEntries(edges.filter(({ from }) => from === component).map((edge) => [edge.field, edgeField(edge)]))

  const edgeField = (edge: EdgeField): Fields[string] => {
    const { kind, field, from } = edge
    const targets = edge.targets.map(({ name }) => name)
    const resolve = resolverOf(edge, edges)
    if (kind === 'one') return { type: named(targets[0] as string, 'out'), resolve }
    if (kind === 'many') {
      const type = new GraphQLNonNull(connection(targets[0] as string))
      return { type, args: { first: { type: GraphQLInt, defaultValue: 25 }, after: { type: GraphQLString } }, resolve }
    }
    const name = `${from}${field.charAt(0).toUpperCase()}${field.slice(1)}`
    const types = () => targets.map((target) => named(target, 'out') as unknown as GraphQLObjectType)
    return {
      type: remember(
        name,
        () => new GraphQLUnionType({ name, types, resolveType: (row) => (row as { __typename: string }).__typename }),
      ),
      resolve,
    }
  }

  const pageInfo = () =>
    remember(
      'PageInfo',
      () =>
        new GraphQLObjectType<Connection>({
          name: 'PageInfo',
          fields: {
            hasNextPage: { type: new GraphQLNonNull(GraphQLBoolean), resolve: ({ more }) => more },
            endCursor: {
              type: GraphQLString,
              resolve: ({ nodes, cursorOf }) => (nodes.length > 0 ? cursorOf(nodes.at(-1) as never) : null),
            },
          },
        }),
    )

  /** `nodes`, `edges { cursor node }`, `pageInfo` of one type. */
  const connection = (component: string): GraphQLObjectType =>
    remember(`${component}Connection`, () => {
      const node = new GraphQLNonNull(named(component, 'out') as never)
      const edge = new GraphQLObjectType({
        name: `${component}Edge`,
        fields: { cursor: { type: new GraphQLNonNull(GraphQLString) }, node: { type: node } },
      })
      return new GraphQLObjectType<Connection>({
        name: `${component}Connection`,
        fields: {
          nodes: { type: new GraphQLNonNull(new GraphQLList(node)) },
          edges: {
            type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(edge))),
            resolve: ({ nodes, cursorOf }) => nodes.map((row) => ({ cursor: cursorOf(row), node: row })),
          },
          pageInfo: { type: new GraphQLNonNull(pageInfo()), resolve: (self) => self },
        },
      })
    })

  return { typeOf, named, connection }
}
