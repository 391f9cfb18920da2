import { and, eq, getTableColumns, isNull, type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { sightOf } from '../auth/sight.ts'
import type { Context, Resource, Sight } from './operation.ts'

/** Values every compiled read is given: `visible` may name any of them with `sql.placeholder`. */
export const readValues = ({ actor, today }: Pick<Context, 'actor' | 'today'>) => ({
  tenantId: actor.tenantId,
  userId: actor.userId,
  today,
})

const selections = new WeakMap<Resource, Record<string, PgColumn>>()

/** The columns an answer is made of: those the schema names, and those its derived members need. */
export const columnsOf = (resource: Resource): Record<string, PgColumn> => {
  let selection = selections.get(resource)
  if (!selection) {
    const wanted = new Set([
      ...Object.keys(resource.schema.shape),
      ...(resource.needs ?? []),
      'id',
      'updatedAt',
      'deletedAt',
    ])
    selection = Object.fromEntries(Object.entries(allColumns(resource)).filter(([key]) => wanted.has(key)))
    selections.set(resource, selection)
  }
  return selection
}

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

export const sightIn = (ctx: Pick<Context, 'actor'>): Sight => sightOf(ctx.actor)

type Row = Record<string, unknown>

/** A row as clients see it. Columns the schema does not name fall away in the serializer. */
export const present = (resource: Resource, row: Row, ctx: Pick<Context, 'today'>): Row =>
  resource.derive ? Object.assign(row, resource.derive(row as never, ctx)) : row
