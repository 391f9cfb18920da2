import DataLoader from 'dataloader'
import { and, gt, type SQL, sql } from 'drizzle-orm'
import { statement } from '../db/statement.ts'
import { bindingOf, decodeCursor, encodeCursor } from './cursor.ts'
import { type Request, requireScope } from './execute.ts'
import type { Context, Module, Resource, Sight } from './operation.ts'
import { Problem } from './problem.ts'
import { columnOf, columnsOf, present, readable, readValues, sightIn } from './select.ts'
import type { Snapshot } from './snapshot.ts'

type Row = Record<string, unknown>
type Loader = DataLoader<Asked, unknown>
/** What resolvers share during one GraphQL request. */
export type GraphQLContext = { request: Request; snapshot: Snapshot; loaders: Map<EdgeField, Loader> }
type Asked = { obj: Row; params: { first?: number; after?: string } }
export type Connection = { nodes: Row[]; more: boolean; cursorOf: (row: Row) => string }

/** A field between two types: `one` follows an id, `many` lists what points here, page by page. */
export type EdgeField = {
  from: string
  field: string
  kind: 'one' | 'many' | 'union'
  targets: readonly string[]
  load: (asked: Asked[], context: GraphQLContext) => Promise<ArrayLike<unknown>>
}

/** Gathers what one level of the query asks of an edge, and loads it with one statement. */
export const resolverOf =
  (edge: EdgeField) =>
  (obj: unknown, params: Asked['params'], context: GraphQLContext): Promise<unknown> => {
    let loader = context.loaders.get(edge)
    // Not cached: after a mutation the same field must be read anew.
    if (!loader)
      context.loaders.set(edge, (loader = new DataLoader((asked) => edge.load([...asked], context), { cache: false })))
    return context.snapshot.track(loader.load({ obj: obj as Row, params }))
  }

/** Each foreign key gives two fields, each loaded by one statement per level, however many parents there are. */
export const edgesOf = (modules: readonly Module[]): EdgeField[] =>
  modules.flatMap(({ resource }) => {
    if (!resource) return []
    const single = Object.entries(resource.belongsTo ?? {}).flatMap(([field, { key, to, inverse }]): EdgeField[] => {
      const up: EdgeField = { from: resource.name, field, kind: 'one', targets: [to().name], load: loadOne(to(), key) }
      return inverse ? [up, many(to(), inverse, resource, key)] : [up]
    })
    const unions = Object.entries(resource.polymorphic ?? {}).flatMap(
      ([field, { type, key, to, inverse }]): EdgeField[] => {
        const byType = to()
        const targets = Object.values(byType)
        const up: EdgeField = {
          from: resource.name,
          field,
          kind: 'union',
          targets: targets.map(({ name }) => name),
          load: loadUnion(byType, type, key),
        }
        return [up, ...targets.map((target) => many(target, inverse, resource, key))]
      },
    )
    return [...single, ...unions]
  })

const many = (parent: Resource, field: string, resource: Resource, key: string): EdgeField => ({
  from: parent.name,
  field,
  kind: 'many',
  targets: [resource.name],
  load: loadMany(resource, key),
})

const bySight = <T>(make: (sight: Sight) => T): Record<Sight, T> => ({
  everything: make('everything'),
  shared: make('shared'),
  own: make('own'),
})

const idsLoader = (target: Resource) =>
  bySight((sight) =>
    statement<Row[]>(`${target.type}_by_ids_${sight}`, (db) =>
      db
        .select(columnsOf(target))
        .from(target.table)
        .where(and(readable(target, sight), sql`${columnOf(target, 'id')} = any(${sql.placeholder('ids')})`)),
    ),
  )

const loadByIds = async (
  ctx: Context,
  target: Resource,
  find: ReturnType<typeof idsLoader>,
  ids: unknown[],
): Promise<Map<unknown, Row>> => {
  requireScope({ scope: target.scopes.read }, ctx.actor)
  const wanted = [...new Set(ids.filter((id) => typeof id === 'string'))]
  if (wanted.length === 0) return new Map()
  const rows = await find[sightIn(ctx)](ctx.db, { ...readValues(ctx), ids: wanted })
  return new Map(rows.map((row) => [row['id'], present(target, row, ctx)]))
}

const loadOne = (target: Resource, key: string): EdgeField['load'] => {
  const find = idsLoader(target)
  return async (asked, { snapshot }) => {
    const ctx = await snapshot.context()
    const found = await loadByIds(
      ctx,
      target,
      find,
      asked.map(({ obj }) => obj[key]),
    )
    return asked.map(({ obj }) => found.get(obj[key]) ?? null)
  }
}

const loadUnion = (byType: Record<string, Resource>, type: string, key: string): EdgeField['load'] => {
  const finders = Object.entries(byType).map(([name, target]) => ({ name, target, find: idsLoader(target) }))
  return async (asked, { snapshot }) => {
    const ctx = await snapshot.context()
    const found = await Promise.all(
      finders.map(async ({ name, target, find }) => {
        const ids = asked.filter(({ obj }) => obj[type] === name).map(({ obj }) => obj[key])
        return [
          target.name,
          ids.length === 0 ? new Map<unknown, Row>() : await loadByIds(ctx, target, find, ids),
        ] as const
      }),
    )
    return asked.map(({ obj }) => {
      for (const [name, rows] of found) if (rows.has(obj[key])) return { ...rows.get(obj[key]), __typename: name }
      return null
    })
  }
}

/** Children page by page for all parents at once: one lateral join, so each parent reads only its own page. */
const childrenStatement = (resource: Resource, key: string, after: boolean) =>
  bySight((sight) =>
    statement<Row[]>(`${resource.type}_of_${key}_${after ? 'after_' : ''}${sight}`, (db) => {
      const parent = sql`parent.id`
      const further: SQL | undefined = after ? gt(columnOf(resource, 'id'), sql.placeholder('after')) : undefined
      const page = db
        .select({ ...columnsOf(resource), [key]: columnOf(resource, key) })
        .from(resource.table)
        .where(and(readable(resource, sight), sql`${columnOf(resource, key)} = ${parent}`, further))
        .orderBy(columnOf(resource, 'id'))
        .limit(sql.placeholder('limit'))
        .as('page')
      return db
        .select(page._.selectedFields as never)
        .from(sql`unnest(${sql.placeholder('ids')}::uuid[]) as parent (id)`)
        .crossJoinLateral(page)
    }),
  )

const loadMany = (resource: Resource, key: string): EdgeField['load'] => {
  const first = childrenStatement(resource, key, false)
  const following = childrenStatement(resource, key, true)
  const binding = bindingOf(resource.name, key)
  return async (asked, { snapshot }) => {
    const ctx = await snapshot.context()
    requireScope({ scope: resource.scopes.read }, ctx.actor)
    const { secret } = ctx.organization
    const answers = new Map<Asked, Connection>()
    for (const group of Map.groupBy(asked, ({ params }) => `${params.first} ${params.after ?? ''}`).values()) {
      const { first: size = 25, after } = (group[0] as Asked).params
      if (size < 1 || size > 100) throw new Problem('invalid_input', 'first: 1 to 100')
      const rows = await (after === undefined ? first : following)[sightIn(ctx)](ctx.db, {
        ...readValues(ctx),
        ids: [...new Set(group.map(({ obj }) => obj['id']))],
        limit: size + 1,
        ...(after === undefined ? {} : { after: decodeCursor(after, binding, secret)[0] }),
      })
      const byParent = Map.groupBy(rows, (row) => row[key])
      for (const one of group) {
        const children = byParent.get(one.obj['id']) ?? []
        answers.set(one, {
          nodes: children.slice(0, size).map((row) => present(resource, row, ctx)),
          more: children.length > size,
          cursorOf: (row) => encodeCursor([row['id'] as string], binding, secret),
        })
      }
    }
    return asked.map((one) => answers.get(one))
  }
}
