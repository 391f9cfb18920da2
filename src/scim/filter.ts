import { type SQL, sql } from 'drizzle-orm'
import type { Filter } from 'scim2-parse-filter'
import { ScimProblem } from './error.ts'
import type { ResourceType } from './schema.ts'

/** What a filter may compare: an expression, and how. `exact` heeds the case; what is `folded` has none any more. */
export type Column = { kind: 'text' | 'folded' | 'exact' | 'boolean' | 'instant'; value: SQL }
/** Several values, as rows of `from`; a comparison holds if it does for any of them. */
export type Many = { from: SQL; of: Readonly<Record<string, Column>> }
/** By lower-case path: `username`, `name.familyname`, `emails`; the extension's lead with its id and a colon. */
export type Columns = Readonly<Record<string, Column | Many>>

type Compare = Extract<Filter, { compValue: unknown }>

/**
 * A filter as a condition over whitelisted expressions; values travel as parameters. It may be null, which counts as
 * false, so an index can answer it. Throws `invalidFilter` for attributes that cannot be filtered by and comparisons that make no sense.
 */
export const conditionOf = (type: ResourceType, columns: Columns, filter: Filter, within?: Many): SQL => {
  switch (filter.op) {
    case 'and':
    case 'or': {
      const conditions = filter.filters.map((each) => conditionOf(type, columns, each, within))
      return sql`(${sql.join(conditions, filter.op === 'and' ? sql` and ` : sql` or `)})`
    }
    case 'not':
      return sql`not coalesce(${conditionOf(type, columns, filter.filter, within)}, false)`
    case '[]': {
      const many = columnAt(columns, pathOf(type, filter.attrPath))
      if (within || !many || !('from' in many)) throw invalid(`${filter.attrPath} has no values to choose from`)
      return sql`exists (select from ${many.from} where ${conditionOf(type, columns, filter.valFilter, many)})`
    }
    default:
      return within
        ? compared(columnIn(within, filter.attrPath), filter)
        : ofAny(type, columns, filter, filter.attrPath)
  }
}

const ofAny = (type: ResourceType, columns: Columns, filter: Compare | { op: 'pr' }, attrPath: string): SQL => {
  const path = pathOf(type, attrPath)
  const column = columnAt(columns, path)
  if (column && !('from' in column)) return compared(column, filter)
  const lastDot = path.lastIndexOf('.')
  const many = column ?? columnAt(columns, path.slice(0, Math.max(0, lastDot)))
  if (!many || !('from' in many)) throw invalid(`${attrPath} cannot be filtered by`)
  if (column && filter.op === 'pr') return sql`exists (select from ${many.from})`
  const of = columnIn(many, column ? 'value' : path.slice(lastDot + 1))
  return sql`exists (select from ${many.from} where ${compared(of, filter)})`
}

/** A column by its path; undefined for anything that is none of ours. */
export const columnAt = (columns: Columns, path: string): Column | Many | undefined =>
  Object.hasOwn(columns, path) ? columns[path] : undefined

const columnIn = ({ of }: Many, name: string): Column => {
  const wanted = name.toLowerCase()
  if (!Object.hasOwn(of, wanted)) throw invalid(`${name} cannot be filtered by`)
  return of[wanted] as Column
}

/** A path in lower case, without the id of the core schema, which is optional. */
export const pathOf = ({ schema }: ResourceType, attrPath: string): string => {
  const path = attrPath.toLowerCase()
  const core = `${schema.id.toLowerCase()}:`
  return path.startsWith(core) ? path.slice(core.length) : path
}

const invalid = (why: string) => new ScimProblem('invalidFilter', why)

const compared = (column: Column, filter: Compare | { op: 'pr' }): SQL => {
  const { value } = column
  if (filter.op === 'pr') return sql`(${value} is not null)`
  const { op, compValue } = filter as Compare
  if (compValue === null) {
    if (op === 'eq') return sql`(${value} is null)`
    if (op === 'ne') return sql`(${value} is not null)`
    throw invalid(`null cannot be compared by ${op}`)
  }
  const given = valueOf(column, op, compValue)
  if (op === 'ne') return sql`(${folded(column, value)} is distinct from ${given})`
  return sql`(${matching(op, folded(column, value), given)})`
}

/** An expression in the form two of it are compared in. */
export const folded = ({ kind }: Column, value: SQL): SQL => (kind === 'text' ? sql`lower(${value})` : value)

const valueOf = (column: Column, op: Compare['op'], value: boolean | number | string): SQL => {
  const { kind } = column
  if (kind === 'boolean') {
    const text = String(value).toLowerCase()
    if ((op !== 'eq' && op !== 'ne') || (text !== 'true' && text !== 'false'))
      throw invalid('a boolean is compared by eq and ne with true and false')
    return sql`${text}::boolean`
  }
  if (kind === 'instant') {
    const at = typeof value === 'string' ? Date.parse(value) : Number.NaN
    if (Number.isNaN(at) || op === 'co' || op === 'sw' || op === 'ew')
      throw invalid('an instant is compared by eq, ne, gt, ge, lt and le with an RFC 3339 instant')
    return sql`${new Date(at).toISOString()}::timestamptz`
  }
  return kind === 'folded' ? sql`${String(value).toLowerCase()}::text` : folded(column, sql`${String(value)}::text`)
}

const matching = (op: Compare['op'], value: SQL, given: SQL): SQL => {
  switch (op) {
    case 'co':
      return sql`position(${given} in ${value}) > 0`
    case 'sw':
      return sql`starts_with(${value}, ${given})`
    case 'ew':
      return sql`right(${value}, length(${given})) = ${given}`
    case 'gt':
      return sql`${value} > ${given}`
    case 'ge':
      return sql`${value} >= ${given}`
    case 'lt':
      return sql`${value} < ${given}`
    case 'le':
      return sql`${value} <= ${given}`
    default:
      return sql`${value} = ${given}`
  }
}
