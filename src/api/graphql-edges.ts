import DataLoader from 'dataloader'
import type { GraphQLResolveInfo } from 'graphql'
import type { Request } from './context.ts'
import { type Asked, loadByIds, loadChildren } from './graphql-load.ts'
import { namesAsked } from './graphql-members.ts'
import type { Context, Module } from './operation.ts'
import type { Resource } from './resource.ts'
import type { Snapshot } from './snapshot.ts'

/** What resolvers share during one GraphQL request. */
export type GraphQLContext = { request: Request; snapshot: Snapshot; loaders: Map<string, DataLoader<Asked, unknown>> }

/** A field between two types: `one` follows an id, `many` lists what points here, page by page, `union` follows a kind. */
export type EdgeField = {
  from: string
  field: string
  kind: 'one' | 'many' | 'union'
  targets: readonly Resource[]
  /** Members of the row it starts from that must have been read. */
  needs: readonly string[]
  load: (
    ctx: Context,
    asked: readonly Asked[],
    membersOf: (target: Resource) => readonly string[],
  ) => Promise<unknown[]>
}

/** Each foreign key gives two fields, each loaded by one statement per level, however many parents there are. */
export const edgesOf = (modules: readonly Module[]): EdgeField[] =>
  modules.flatMap(({ resource }) => {
    if (!resource) return []
    const single = Object.entries(resource.belongsTo ?? {}).flatMap(([field, { key, to, inverse }]) => {
      const up = one(resource, field, key, to())
      return inverse ? [up, many(to(), inverse, resource, key)] : [up]
    })
    const unions = Object.entries(resource.polymorphic ?? {}).flatMap(([field, { type, key, to, inverse }]) => [
      union(resource, field, type, key, to()),
      ...Object.values(to()).map((target) => many(target, inverse, resource, key)),
    ])
    return [...single, ...unions]
  })

const one = (from: Resource, field: string, key: string, target: Resource): EdgeField => ({
  from: from.name,
  field,
  kind: 'one',
  targets: [target],
  needs: [key],
  load: async (ctx, asked, membersOf) => {
    const ids = asked.map(({ obj }) => obj[key])
    const found = await loadByIds(ctx, target, membersOf(target), ids)
    return asked.map(({ obj }) => found.get(obj[key]) ?? null)
  },
})

const many = (from: Resource, field: string, resource: Resource, key: string): EdgeField => ({
  from: from.name,
  field,
  kind: 'many',
  targets: [resource],
  needs: ['id'],
  load: (ctx, asked, membersOf) => loadChildren(ctx, resource, key, membersOf(resource), asked),
})

const union = (
  from: Resource,
  field: string,
  type: string,
  key: string,
  byType: Record<string, Resource>,
): EdgeField => ({
  from: from.name,
  field,
  kind: 'union',
  targets: Object.values(byType),
  needs: [type, key],
  load: async (ctx, asked, membersOf) => {
    const present = Object.entries(byType).filter(([name]) => asked.some(({ obj }) => obj[type] === name))
    const found = await Promise.all(
      present.map(async ([name, target]) => {
        const ids = asked.filter(({ obj }) => obj[type] === name).map(({ obj }) => obj[key])
        return [name, { target, rows: await loadByIds(ctx, target, membersOf(target), ids) }] as const
      }),
    )
    const byName = new Map(found)
    return asked.map(({ obj }) => {
      const { target, rows } = byName.get(obj[type] as string) ?? {}
      const row = rows?.get(obj[key])
      return row ? { ...row, __typename: target?.name } : null
    })
  },
})

/** Which members of a resource the named fields of its type are made of: published ones, and the keys of edges. */
export const membersAsked = (edges: readonly EdgeField[], resource: Resource, names: readonly string[]): string[] => {
  const own = edges.filter(({ from, field }) => from === resource.name && names.includes(field))
  const published = names.filter((name) => name in resource.schema.shape)
  return [...new Set([...published, ...own.flatMap(({ needs }) => needs)])].toSorted()
}

/** Gathers what one level of the query asks of an edge, and loads it with one statement. */
export const resolverOf =
  (edge: EdgeField, edges: readonly EdgeField[]) =>
  (obj: unknown, params: Asked['params'], context: GraphQLContext, info: GraphQLResolveInfo): Promise<unknown> => {
    const names = namesAsked(info, edge.kind === 'many')
    const place = `${edge.from}.${edge.field} ${names.join()}`
    let loader = context.loaders.get(place)
    if (!loader) {
      const membersOf = (target: Resource) => membersAsked(edges, target, names)
      // Not cached: after a mutation the same field must be read anew.
      loader = new DataLoader(async (asked) => edge.load(await context.snapshot.context(), asked, membersOf), {
        cache: false,
      })
      context.loaders.set(place, loader)
    }
    return context.snapshot.track(loader.load({ obj: obj as Asked['obj'], params }))
  }
