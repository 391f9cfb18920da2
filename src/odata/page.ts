import { escapeIdentifier } from 'pg'
import { bindingOf, decodeCursor, encodeCursor, type Position } from '../api/cursor.ts'
import { Problem } from '../api/problem.ts'
import type { EdmType } from '../bi/column.ts'
import { unreadable } from './odata-error.ts'
import type { Options } from './options.ts'
import type { Selection } from './select.ts'
import { sqlTypes } from './to-sql.ts'

/** Where a page begins: behind which row, and how many rows `$top` still allows. */
export type Place = { after: (string | null)[]; left: number | undefined }

/** What a skip token is bound to: the same entity set, options and organization, or it is refused. */
export const tokenBinding = (set: string, { skipToken: _token, ...options }: Options): string => bindingOf(set, options)

export const encodePlace = ({ after, left }: Place, binding: string, secret: string): string =>
  encodeCursor([left ?? null, ...after] as Position, binding, secret)

/** @throws ODataError 400 for a token of another query, another organization or none of ours */
export const decodePlace = (token: string, binding: string, secret: string): Place => {
  try {
    const [left, ...after] = decodeCursor(token, binding, secret)
    return { after: after as (string | null)[], left: (left as number | null) ?? undefined }
  } catch (error) {
    if (error instanceof Problem || error instanceof SyntaxError)
      throw unreadable('the $skiptoken is not of this query')
    throw error
  }
}

/** Rows of one page as JSON text, each with the values it is ordered by, as text. */
export const pageText = (
  { columns, source, values, order, key }: Selection,
  { select, skip }: Options,
  place: Place | undefined,
  size: number,
): string => {
  const shown = select ?? [...columns.keys()]
  const ordered = order.map(({ column, descending }) => {
    const name = escapeIdentifier(column)
    // Nothing comes before everything in OData, after it in Postgres. A key is never nothing, and its index says so only
    // to an order that does not mention it.
    const nulls = column === key ? '' : descending ? ' nulls last' : ' nulls first'
    const sorted = `v.${name} ${descending ? 'desc' : 'asc'}${nulls}`
    return { name, type: columns.get(column)?.type ?? 'String', descending, sorted }
  })
  const where = place ? ` where ${behind(ordered, place.after, values)}` : ''
  values.push(size)
  const limit = `limit $${values.length}${place || skip === 0 ? '' : ` offset ${skip}`}`
  const inOrder = `order by ${ordered.map(({ sorted }) => sorted).join(', ')}`
  // JSON of the rows of the page only: beside the order it would be made of all there are.
  return `select (select row_to_json(s.*)::text from (select ${shown.map((name) => `v.${escapeIdentifier(name)}`).join(', ')}) s) as row,
      array[${ordered.map(({ name }) => `v.${name}::text`).join(', ')}] as at
    from (select v.* from ${source}${where} ${inOrder} ${limit}) v ${inOrder}`
}

/** Everything behind a row, in an order of several columns, each with its own direction. */
const behind = (
  order: { name: string; type: EdmType; descending: boolean }[],
  after: (string | null)[],
  values: unknown[],
): string => {
  const parts: string[] = []
  const same: string[] = []
  for (const [index, { name, type, descending }] of order.entries()) {
    const value = after[index] ?? null
    values.push(value)
    const given = `$${values.length}::${sqlTypes[type]}`
    const column = `v.${name}`
    const next =
      value === null
        ? descending
          ? 'false'
          : `${column} is not null`
        : descending
          ? `(${column} < ${given} or ${column} is null)`
          : `${column} > ${given}`
    parts.push([...same, next].join(' and '))
    same.push(`${column} is not distinct from ${given}`)
  }
  return `(${parts.map((part) => `(${part})`).join(' or ')})`
}
