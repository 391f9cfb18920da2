import { createHash } from 'node:crypto'
import { getTableName } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { query } from '../db/statement.ts'
import type { Context } from './operation.ts'
import type { Resource } from './resource.ts'
import { allColumns } from './select.ts'

export type Row = Record<string, unknown>

/** Columns callers' writes may set; generated ones are Postgres's. */
const writable = (resource: Resource): [string, PgColumn][] =>
  Object.entries(allColumns(resource)).filter(([, column]) => column.generated === undefined)

const quoted = (column: PgColumn): string => `"${column.name}"`
const typed = (columns: [string, PgColumn][]): string =>
  columns.map(([key, column]) => `"${key}" ${column.getSQLType()}`).join(', ')
const returning = (resource: Resource): string =>
  Object.entries(allColumns(resource))
    .map(([key, column]) => `t.${quoted(column)} as "${key}"`)
    .join(', ')

const texts = new Map<string, { name: string; text: string }>()
const textOf = (key: string, build: () => string): { name: string; text: string } => {
  let known = texts.get(key)
  if (!known) {
    // Postgres cuts names at 63 bytes, so two long ones could become the same prepared statement.
    const name = `store_${createHash('sha1').update(key).digest('hex')}`
    texts.set(key, (known = { name, text: build() }))
  }
  return known
}

const insertText = (resource: Resource): string => {
  const columns = writable(resource)
  return `insert into ${getTableName(resource.table)} as t (${columns.map(([, column]) => quoted(column)).join(', ')})
    select ${columns.map(([key]) => `v."${key}"`).join(', ')} from jsonb_to_recordset($1) as v (${typed(columns)})`
}

/** Inserts whole rows with one statement, however many; answers them as stored, in the order given. */
export const insertRows = async ({ db }: Context, resource: Resource, rows: readonly Row[]): Promise<Row[]> => {
  const { name, text } = textOf(
    `insert ${resource.name}`,
    () => `${insertText(resource)} returning ${returning(resource)}`,
  )
  return inOrder(rows, await query<Row>(db, name, text, [JSON.stringify(rows)]))
}

/** Updates the members `keys` of rows found by id with one statement; answers them as stored, in the order given. */
export const updateRows = async (
  { db, actor }: Context,
  resource: Resource,
  keys: readonly string[],
  rows: readonly Row[],
): Promise<Row[]> => {
  const { name, text } = textOf(`update ${resource.name} ${[...keys].sort().join()}`, () => {
    const columns = writable(resource).filter(([key]) => keys.includes(key))
    return `update ${getTableName(resource.table)} as t set ${columns.map(([key, column]) => `${quoted(column)} = v."${key}"`).join(', ')}
      from jsonb_to_recordset($2) as v ("id" uuid, ${typed(columns)})
      where t.tenant_id = $1 and t.id = v."id" returning ${returning(resource)}`
  })
  const wanted = ['id', ...keys]
  const values = rows.map((row) => Object.fromEntries(wanted.map((key) => [key, row[key]])))
  return inOrder(rows, await query<Row>(db, name, text, [actor.tenantId, JSON.stringify(values)]))
}

const inOrder = (asked: readonly Row[], stored: readonly Row[]): Row[] => {
  const byId = new Map(stored.map((row) => [row['id'], row]))
  return asked.map(({ id }) => byId.get(id) as Row)
}
