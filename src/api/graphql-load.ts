import { and, gt, sql } from 'drizzle-orm'
import { statement } from '../db/statement.ts'
import { bindingOf, decodeCursor, encodeCursor } from './cursor.ts'
import { requireScope } from './execute.ts'
import type { Context } from './operation.ts'
import { Problem } from './problem.ts'
import type { Resource } from './resource.ts'
import { columnOf, present, readable, readValues, type Shape, selected, shapeOf, sightIn } from './select.ts'

type Row = Record<string, unknown>
export type Asked = { obj: Row; params: { first?: number; after?: string } }
export type Connection = { nodes: Row[]; more: boolean; cursorOf: (row: Row) => string }

type Statement = ReturnType<typeof statement<Row>>

/** Statements by name: one for each resource, class of reader and set of columns that is ever asked for. */
const statements = new Map<string, Statement>()
const named = (name: string, build: Parameters<typeof statement<Row>>[1]): Statement => {
  let known = statements.get(name)
  if (!known) statements.set(name, (known = statement<Row>(name, build)))
  return known
}

/** Rows by id, with the members asked for: one statement, however many. */
export const loadByIds = async (
  ctx: Context,
  target: Resource,
  members: readonly string[],
  ids: readonly unknown[],
): Promise<Map<unknown, Row>> => {
  requireScope({ scope: target.scopes.read }, ctx.actor)
  const wanted = [...new Set(ids.filter((id) => typeof id === 'string'))]
  if (wanted.length === 0) return new Map()
  const shape = shapeOf(target, members)
  const sight = sightIn(ctx, target)
  const find = named(
    `${target.type}_by_ids_${sight}_${shape.key}`,
    () => sql`select ${selected(target, shape)} from ${target.table}
      where ${readable(target, sight)} and ${columnOf(target, 'id')} = any(${sql.placeholder('ids')}::uuid[])`,
  )
  const rows = await find(ctx.db, { ...readValues(ctx), ids: wanted })
  return new Map(rows.map((row) => [row['id'], present(target, row, ctx, shape)]))
}

/** Children page by page for all parents at once: a lateral join, so that each parent reads only its own page. */
const childrenStatement = (
  ctx: Context,
  resource: Resource,
  key: string,
  shape: Shape,
  following: boolean,
): Statement => {
  const sight = sightIn(ctx, resource)
  return named(`${resource.type}_of_${key}_${following ? 'after_' : ''}${sight}_${shape.key}`, () => {
    const id = columnOf(resource, 'id')
    const further = following ? gt(id, sql.placeholder('after')) : undefined
    const columns = [...new Set([...shape.columns, key])]
    return sql`select page.* from unnest(${sql.placeholder('ids')}::uuid[]) as parent (id)
      cross join lateral (
        select ${selected(resource, { columns })} from ${resource.table}
        where ${and(readable(resource, sight), sql`${columnOf(resource, key)} = parent.id`, further)}
        order by ${id} limit ${sql.placeholder('limit')}
      ) page`
  })
}

/** The children of each parent that was asked for, as connections. `key` is the member that names the parent. */
export const loadChildren = async (
  ctx: Context,
  resource: Resource,
  key: string,
  members: readonly string[],
  asked: readonly Asked[],
): Promise<Connection[]> => {
  requireScope({ scope: resource.scopes.read }, ctx.actor)
  const { secret } = ctx.organization
  const binding = bindingOf(resource.name, key)
  const shape = shapeOf(resource, members)
  const cursorOf = (row: Row) => encodeCursor([row['id'] as string], binding, secret)
  const answers = new Map<Asked, Connection>()
  for (const group of Map.groupBy(asked, ({ params }) => `${params.first} ${params.after ?? ''}`).values()) {
    const { first: size = 25, after } = (group[0] as Asked).params
    if (size < 1 || size > 100) throw new Problem('invalid_input', 'first: 1 to 100')
    const rows = await childrenStatement(
      ctx,
      resource,
      key,
      shape,
      after !== undefined,
    )(ctx.db, {
      ...readValues(ctx),
      ids: [...new Set(group.map(({ obj }) => obj['id']))],
      limit: size + 1,
      ...(after === undefined ? {} : { after: decodeCursor(after, binding, secret)[0] }),
    })
    const byParent = Map.groupBy(rows, (row) => row[key])
    for (const one of group) {
      const children = byParent.get(one.obj['id']) ?? []
      const nodes = children.slice(0, size).map((row) => present(resource, row, ctx, shape))
      answers.set(one, { nodes, more: children.length > size, cursorOf })
    }
  }
  return asked.map((one) => answers.get(one) as Connection)
}
