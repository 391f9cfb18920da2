import { type Apply, parseApply } from './apply.ts'
import { type Expression, parseExpression } from './expression.ts'
import { unreadable, unsupported } from './odata-error.ts'

export type OrderBy = { column: string; descending: boolean }

/** System query options, read but not yet held against an entity set. */
export type Options = {
  filter: Expression | undefined
  apply: Apply | undefined
  select: string[] | undefined
  orderBy: OrderBy[]
  /** Undefined is all. */
  top: number | undefined
  skip: number
  count: boolean
  skipToken: string | undefined
}

const known = ['filter', 'apply', 'select', 'orderby', 'top', 'skip', 'count', 'skiptoken', 'format'] as const
const notHere = ['expand', 'search', 'compute', 'levels', 'deltatoken', 'index', 'schemaversion', 'id']

const furthestSkip = 1_000_000

/**
 * Reads the options of a request; with or without their `$`, as OData 4.01 allows.
 * @throws ODataError 400 for unknown or repeated options and values out of range, 501 for options not supported
 */
export const optionsOf = (query: Readonly<Record<string, string | string[]>>): Options => {
  const given = new Map<string, string>()
  for (const [written, value] of Object.entries(query)) {
    const name = written.replace(/^\$/, '').toLowerCase()
    if (notHere.includes(name)) throw unsupported(`$${name}`)
    if (!(known as readonly string[]).includes(name)) {
      throw unreadable(`there is no query option "${written.slice(0, 50)}"`)
    }
    if (Array.isArray(value) || given.has(name)) throw unreadable(`$${name} is given twice`)
    given.set(name, value)
  }
  const format = given.get('format')
  if (format !== undefined && format !== 'json' && !format.startsWith('application/json')) {
    throw unsupported(`$format=${format.slice(0, 50)}`)
  }
  return {
    filter: mapped(given.get('filter'), parseExpression),
    apply: mapped(given.get('apply'), parseApply),
    select: mapped(given.get('select'), namesOf),
    orderBy: mapped(given.get('orderby'), orderOf) ?? [],
    top: mapped(given.get('top'), (text) => wholeNumber('$top', text, Number.MAX_SAFE_INTEGER)),
    skip: mapped(given.get('skip'), (text) => wholeNumber('$skip', text, furthestSkip)) ?? 0,
    count: mapped(given.get('count'), truth) ?? false,
    skipToken: given.get('skiptoken'),
  }
}

const mapped = <T>(text: string | undefined, read: (text: string) => T): T | undefined =>
  text === undefined ? undefined : read(text)

const wholeNumber = (name: string, text: string, most: number): number => {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  if (!(value <= most)) throw unreadable(`${name} is a whole number from 0 to ${most}`)
  return value
}

const truth = (text: string): boolean => {
  if (text !== 'true' && text !== 'false') throw unreadable('$count is true or false')
  return text === 'true'
}

const namesOf = (text: string): string[] | undefined => {
  const names = text.split(',').map((name) => name.trim())
  return names.includes('*') ? undefined : [...new Set(names)]
}

const orderOf = (text: string): OrderBy[] =>
  text.split(',').map((part) => {
    const [column = '', direction = 'asc', ...more] = part.trim().split(/\s+/)
    if (more.length > 0 || !['asc', 'desc'].includes(direction)) {
      throw unreadable('$orderby takes properties, each with asc or desc')
    }
    return { column, descending: direction === 'desc' }
  })
