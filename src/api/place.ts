import { bindingOf, decodeCursor, encodeCursor, type Position } from './cursor.ts'
import type { Context } from './operation.ts'
import { parseOrder, positionOf } from './order.ts'
import type { Resource } from './resource.ts'
import { syncedThrough } from './sync.ts'

type Row = Record<string, unknown>

export type ListInput = {
  limit: number
  cursor?: string
  sort?: string
  updatedSince?: string
  includeDeleted?: boolean
  q?: string
} & Record<string, unknown>

const boundTo = (resource: Resource, input: ListInput): string => {
  const { limit: _limit, cursor: _cursor, fields: _fields, ...bound } = input
  return bindingOf(
    resource.name,
    Object.keys(bound)
      .toSorted()
      .map((key) => [key, bound[key]]),
  )
}

/** The cursor behind a row. That of a sync carries how far its first page was whole. */
export const cursorAt = (ctx: Context, resource: Resource, input: ListInput, row: Row): string => {
  const through = wholeThrough(ctx, resource, input)
  const position = positionOf(parseOrder(resource, input.sort), row, ctx.today)
  return encodeCursor(through ? [...position, through] : position, boundTo(resource, input), ctx.organization.secret)
}

/** Where a page begins: behind this position of the order; undefined on the first. */
export const positionIn = (ctx: Context, resource: Resource, input: ListInput): Position | undefined =>
  input.cursor ? decodeCursor(input.cursor, boundTo(resource, input), ctx.organization.secret) : undefined

/**
 * The next `updatedSince` of a sync: how far it was whole when its first page was read, since what a page has passed may be
 * written before the next one is asked for. Undefined where nobody looked, as in GraphQL.
 */
export const wholeThrough = (ctx: Context, resource: Resource, input: ListInput): string | undefined => {
  if (!input.updatedSince) return undefined
  const position = positionIn(ctx, resource, input)
  if (!position) return syncedThrough(ctx)
  return position[parseOrder(resource, input.sort).length] as string | undefined
}
