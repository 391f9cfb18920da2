import { and, asc, desc, eq, gt, isNull, lt, or, type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import type { Position } from './cursor.ts'
import { inputProblem } from './problem.ts'
import type { Computed, Resource } from './resource.ts'
import { columnOf } from './select.ts'

export type Order = { key: string; column: PgColumn | SQL; rankOf?: Computed['rankOf']; descending: boolean }[]

const always = ['id', 'createdAt', 'updatedAt']

/** Members a list may be sorted by. */
export const sortsOf = (resource: Resource): readonly string[] => [...new Set([...always, ...(resource.sorts ?? [])])]

/** `-updatedAt,title` as columns; the id comes last, so that every order is total. 422 for what cannot be sorted by. */
export const parseOrder = (resource: Resource, sort: string | undefined): Order => {
  const order = (sort ? sort.split(',') : []).map((part) => {
    const key = part.trim().replace(/^[-+]/, '')
    if (!sortsOf(resource).includes(key)) {
      // What no list may be sorted by is told apart from what is no member.
      resource.judgeList?.({ sort: [key], filters: {} })
      throw inputProblem('invalid_input', '/sort', `${key} is not one of ${sortsOf(resource).join(', ')}`)
    }
    const descending = part.trim().startsWith('-')
    const computed = resource.computed?.[key]
    return computed
      ? { key, column: computed.rank, rankOf: computed.rankOf, descending }
      : { key, column: columnOf(resource, key), descending }
  })
  if (order.some(({ key }) => key === 'id')) return order.slice(0, order.findIndex(({ key }) => key === 'id') + 1)
  return [...order, { key: 'id', column: columnOf(resource, 'id'), descending: order[0]?.descending ?? false }]
}

/** Nulls come last whichever way the order runs; of what is never null it is not said, or no index would serve the way back. */
export const orderBy = (order: Order): SQL[] =>
  order.map(({ column, descending }) => {
    const direction = descending ? desc(column) : asc(column)
    return isNeverNull(column) ? direction : sql`${direction} nulls last`
  })

/** Rows strictly behind `position` in this order. */
export const behind = (order: Order, position: Position): SQL | undefined =>
  or(
    ...order.map(({ column: of, descending }, at) => {
      // Drizzle names columns and expressions apart, and compares both alike.
      const column = of as SQL
      const before = order.slice(0, at).map((earlier, index) => same(earlier.column, position[index] ?? null))
      const value = position[at] ?? null
      if (value === null) return undefined
      const further = descending ? lt(column, value) : gt(column, value)
      return and(...before, isNeverNull(of) ? further : or(further, isNull(column)))
    }),
  )

const isNeverNull = (column: PgColumn | SQL): boolean => !('notNull' in column) || column.notNull

const same = (column: PgColumn | SQL, value: Position[number]): SQL =>
  value === null ? isNull(column) : eq(column as SQL, value)

export const positionOf = (order: Order, row: Record<string, unknown>, today: string): Position =>
  order.map(({ key, rankOf }) => (rankOf ? rankOf(row, today) : ((row[key] ?? null) as Position[number])))
