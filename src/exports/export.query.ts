import { escapeIdentifier, escapeLiteral } from 'pg'
import type { Column } from '../bi/column.ts'
import type { BiTable } from '../bi/table.ts'

/** Behind which row a part begins: the instant it was last changed, and its key. */
export type Place = { changedAt: string; key: string }

export type Asked = {
  /** Rows changed at or after this instant; all when left out. */
  since: string | undefined
  after: Place | undefined
  /** The most rows of this part; all when left out. */
  limit: number | undefined
  includeDeleted: boolean
  /** Whether the caller sees only what everybody in the organization may see. */
  onlyOpen: boolean
}

const column = escapeIdentifier

// COPY takes no parameters. What is written into the text are instants and ids, judged before, as literals.
const conditions = (table: BiTable, { since, after, includeDeleted, onlyOpen }: Asked, until?: Place): string => {
  const place = ({ changedAt, key }: Place) => `(${escapeLiteral(changedAt)}::timestamptz, ${escapeLiteral(key)}::uuid)`
  const row = `(${column(table.changedAt)}, ${column(table.key)})`
  const all = [
    ...(since ? [`${column(table.changedAt)} >= ${escapeLiteral(since)}::timestamptz`] : []),
    ...(after ? [`${row} > ${place(after)}`] : []),
    ...(until ? [`${row} <= ${place(until)}`] : []),
    ...(includeDeleted || !('deleted_at' in table.columns) ? [] : ['deleted_at is null']),
    ...(onlyOpen && table.isGuarded ? [`visibility = 'organization'`] : []),
  ]
  return all.length > 0 ? ` where ${all.join(' and ')}` : ''
}

const order = (table: BiTable): string => ` order by ${column(table.changedAt)}, ${column(table.key)}`

/** Finds the last row of a part of `limit` rows; one row, or none where less is left. */
export const boundaryText = (table: BiTable, asked: Asked): string =>
  `select to_char(${column(table.changedAt)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "changedAt", ${column(table.key)} as key
   from bi.${column(table.name)}${conditions(table, asked)}${order(table)} offset ${(asked.limit ?? 1) - 1} limit 1`

/** How many rows a table whole has; one row. */
export const countText = (table: BiTable, asked: Asked): string =>
  `select count(*)::float8 as count from bi.${column(table.name)}${conditions(table, asked)}`

/**
 * A spreadsheet takes a cell that begins so for a formula; behind an apostrophe it is text. By number, because a regular
 * expression took a tenth of the time of an export.
 */
const formulas = ['=', '+', '-', '@', '\t', '\r'].map((sign) => sign.charCodeAt(0)).join(', ')

const cell = (name: string, { type }: Column): string => {
  const value = column(name)
  if (type === 'String') return `case when ascii(${value}) in (${formulas}) then '''' || ${value} else ${value} end`
  if (type === 'Boolean') return `case ${value} when true then 'true' when false then 'false' end`
  // Milliseconds are all there is, so RFC 3339 is what Postgres prints, with other separators.
  if (type === 'DateTimeOffset') return `to_char(${value}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
  return value
}

/** Numbers where Parquet has numbers: days since 1970, milliseconds since 1970. */
const number = (name: string, { type }: Column): string => {
  const value = column(name)
  if (type === 'Date') return `${value} - date '1970-01-01'`
  return type === 'DateTimeOffset' ? `(date_part('epoch', ${value}) * 1000)::int8` : value
}

/** What Postgres is asked for: Parquet is made of COPY's own text format. */
export type Copied = 'csv' | 'ndjson' | 'text'

/** COPY of one part: CSV with a header line, one JSON object a line, or text. In an order only where a part may follow. */
export const copyText = (table: BiTable, asked: Asked, until: Place | undefined, as: Copied): string => {
  const isPart = asked.since !== undefined || asked.after !== undefined || asked.limit !== undefined
  const source = `from bi.${column(table.name)}${conditions(table, asked, until)}${isPart ? order(table) : ''}`
  const cells = (of: typeof cell) =>
    Object.entries(table.columns).map(([name, each]) => `${of(name, each)} as ${column(name)}`)
  if (as === 'csv') return `copy (select ${cells(cell).join(', ')} ${source}) to stdout with (format csv, header)`
  if (as === 'text') return `copy (select ${cells(number).join(', ')} ${source}) to stdout`
  // JSON holds no control characters, so with these as separator and quote every line is left as it is.
  return `copy (select row_to_json(v)::text from (select * ${source}) v) to stdout with (format csv, delimiter e'\\x02', quote e'\\x01')`
}
