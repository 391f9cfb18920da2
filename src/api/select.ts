import { createHash } from 'node:crypto'
import { and, eq, getTableColumns, isNull, type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { sightOf } from '../auth/sight.ts'
import type { Context } from './operation.ts'
import type { Resource, Sight } from './resource.ts'

/** Values every compiled read is given: `visible` may name any of them with `sql.placeholder`. */
export const readValues = ({ actor, today }: Pick<Context, 'actor' | 'today'>) => ({
  tenantId: actor.tenantId,
  userId: actor.userId,
  actorId: actor.id,
  manages: actor.roles.includes('manager'),
  today,
})

/** What a read takes of a resource: columns from Postgres, and members computed from them. */
export type Shape = { key: string; columns: readonly string[]; derived: readonly string[] }

/** Each shape becomes prepared statements on every connection; beyond these the whole row answers as well. */
const shapesAtMost = 100
const shapes = new WeakMap<Resource, { whole: Shape; byMembers: Map<string, Shape> }>()

const makeShape = (resource: Resource, members: readonly string[]): Shape => {
  const derived = Object.keys(resource.derived ?? {}).filter((name) => members.includes(name))
  const needed = derived.flatMap((name) => [...(resource.derived?.[name]?.needs ?? [])])
  const wanted = new Set([...members, ...needed, 'id'])
  const known = [...Object.keys(allColumns(resource)), ...Object.keys(resource.looked ?? {})]
  const columns = known.filter((name) => wanted.has(name))
  const digest = createHash('sha1')
    .update([...columns, ...derived].join())
    .digest('base64url')
  return { key: digest.slice(0, 10), columns, derived }
}

/** The shape that answers `members`, everything published by default. The id always comes along. */
export const shapeOf = (resource: Resource, members?: readonly string[]): Shape => {
  let own = shapes.get(resource)
  if (!own) {
    own = { whole: makeShape(resource, Object.keys(resource.schema.shape)), byMembers: new Map() }
    shapes.set(resource, own)
  }
  if (!members) return own.whole
  const asked = members.join()
  const known = own.byMembers.get(asked)
  if (known) return known
  if (own.byMembers.size >= shapesAtMost) return own.whole
  const shape = makeShape(resource, members)
  own.byMembers.set(asked, shape)
  return shape
}

/** `"objectives"."title" as "title", …`: rows come back under the published names. */
export const selected = (resource: Resource, { columns }: Pick<Shape, 'columns'>): SQL =>
  sql.join(
    columns.map((key) => sql`${resource.looked?.[key] ?? columnOf(resource, key)} as ${sql.identifier(key)}`),
    sql`, `,
  )

/** Every column by its published name. */
export const allColumns = (resource: Resource): Record<string, PgColumn> =>
  getTableColumns(resource.table) as unknown as Record<string, PgColumn>

export const columnOf = (resource: Resource, key: string): PgColumn => {
  const column = allColumns(resource)[key]
  if (!column) throw new Error(`${resource.name} has no column ${key}`)
  return column
}

/** Rows of the caller's tenant that this class of reader may see; soft-deleted ones only when asked for. */
export const readable = (resource: Resource, sight: Sight, includeDeleted = false): SQL => {
  const own = eq(columnOf(resource, 'tenantId'), sql.placeholder('tenantId'))
  const live = includeDeleted ? undefined : isNull(columnOf(resource, 'deletedAt'))
  return and(own, live, resource.visible(sight)) as SQL
}

/** Something compiled once for each class of reader. */
export const forEachSight = <T>(make: (sight: Sight) => T): Record<Sight, T> => ({
  everything: make('everything'),
  shared: make('shared'),
  own: make('own'),
})

export const sightIn = ({ actor }: Pick<Context, 'actor'>, resource: Resource): Sight =>
  (resource.sightOf ?? sightOf)(actor)

type Row = Record<string, unknown>

/** A row as clients see it. Columns the schema does not name fall away in the serializer. */
export const present = (
  resource: Resource,
  row: Row,
  ctx: Pick<Context, 'today' | 'actor'>,
  shape = shapeOf(resource),
): Row => {
  for (const name of shape.derived) row[name] = resource.derived?.[name]?.of(row as never, ctx)
  return row
}
