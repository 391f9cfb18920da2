import { escapeIdentifier } from 'pg'
import type { BiTable } from '../bi/table.ts'
import type { Apply } from './apply.ts'
import { ODataError, unreadable } from './odata-error.ts'
import type { Options, OrderBy } from './options.ts'
import { type Columns, conditionOf, type Typed } from './to-sql.ts'

/** A query over the view: its rows as JSON text, the values it is ordered by, and the same for counting. */
export type Selection = {
  columns: Columns
  source: string
  values: unknown[]
  order: OrderBy[]
  /** The column that is never empty, where there is one. */
  key: string | undefined
}

const columnsOf = (table: BiTable): Columns =>
  new Map(Object.entries(table.columns).map(([name, { type }]) => [name, { sql: escapeIdentifier(name), type }]))

const known = (columns: Columns, name: string): Typed => {
  const column = columns.get(name)
  if (!column) throw new ODataError(400, 'unknown_property', `there is no property "${name.slice(0, 50)}"`)
  return column
}

/**
 * The rows a request asks for, before paging: the view, what the caller may see of it, `$apply`, `$filter`.
 * The order always ends with the key (or with all that is grouped by), so that pages neither repeat nor miss a row.
 */
export const selectionOf = (table: BiTable, options: Options, onlyOpen: boolean): Selection => {
  const values: unknown[] = []
  const all = columnsOf(table)
  const open = onlyOpen && table.isGuarded ? ` where visibility = 'organization'` : ''
  let source = `(select * from bi.${escapeIdentifier(table.name)}${open}) v`
  let columns = all
  if (options.apply) {
    const applied = aggregated(options.apply, all, source, values)
    source = `(${applied.sql}) v`
    columns = applied.columns
  }
  if (options.filter) source = `(select * from ${source} where ${conditionOf(options.filter, columns, values)}) v`
  for (const { column } of options.orderBy) known(columns, column)
  for (const name of options.select ?? []) known(columns, name)
  const key = options.apply ? [...columns.keys()] : [table.key]
  const named = new Set(options.orderBy.map(({ column }) => column))
  const rest = key.filter((column) => !named.has(column)).map((column) => ({ column, descending: false }))
  return { columns, source, values, order: [...options.orderBy, ...rest], key: options.apply ? undefined : table.key }
}

const calculations = {
  sum: (sql: string) => `sum(${sql})`,
  average: (sql: string) => `avg(${sql})`,
  min: (sql: string) => `min(${sql})`,
  max: (sql: string) => `max(${sql})`,
  countdistinct: (sql: string) => `count(distinct ${sql})`,
} as const

const aggregated = (
  { filter, groupBy, aggregates }: Apply,
  all: Columns,
  source: string,
  values: unknown[],
): { sql: string; columns: Columns } => {
  const columns = new Map<string, Typed>()
  const selected: string[] = []
  for (const name of groupBy) {
    const { sql, type } = known(all, name)
    columns.set(name, { sql, type })
    selected.push(sql)
  }
  for (const { as, column, method } of aggregates) {
    const alias = escapeIdentifier(as)
    if (method === 'count' || column === undefined) {
      selected.push(`count(*)::float8 as ${alias}`)
      columns.set(as, { sql: alias, type: 'Int64' })
      continue
    }
    const { sql, type } = known(all, column)
    const isNumber = ['Double', 'Int32', 'Int64'].includes(type)
    if ((method === 'sum' || method === 'average') && !isNumber) throw unreadable(`${method} is for numbers`)
    if ((method === 'min' || method === 'max') && (type === 'Guid' || type === 'Boolean'))
      throw unreadable(`${method} is for numbers, text, days and instants`)
    const counted = method === 'countdistinct'
    selected.push(`${calculations[method](sql)}${counted || isNumber ? '::float8' : ''} as ${alias}`)
    columns.set(as, { sql: alias, type: counted ? 'Int64' : isNumber ? 'Double' : type })
  }
  const where = filter ? ` where ${conditionOf(filter, all, values)}` : ''
  const group = groupBy.length > 0 ? ` group by ${groupBy.map((name) => known(all, name).sql).join(', ')}` : ''
  return { sql: `select ${selected.join(', ')} from ${source}${where}${group}`, columns }
}
