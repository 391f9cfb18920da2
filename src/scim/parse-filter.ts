import { type Filter, parse } from 'scim2-parse-filter'
import { ScimProblem } from './error.ts'

const longest = 2_000
const mostClauses = 50

/**
 * The tree of a filter (RFC 7644 §3.4.2.2). Throws `invalidFilter` for what is none or is too long.
 *
 * The parser is never shown what stands in quotes: it keeps backslashes as they stand, stumbles over one at the end,
 * and tries twice as long for every line break behind an open quote. It reads numbers in the place of the texts.
 */
export const parseFilter = (text: string): Filter => {
  if (text.length > longest) throw invalid(`at most ${longest} characters`)
  const values: string[] = []
  const bare = text.replaceAll(quoted, (literal) => `"${values.push(valueOf(literal)) - 1}"`)
  if (bare.split('"').length - 1 !== values.length * 2) throw invalid('a quote is not closed')
  const filter = parsed(withinBrackets(bare))
  if (count(filter) > mostClauses) throw invalid(`at most ${mostClauses} clauses`)
  return withValues(filter, values)
}

const quoted = /"(?:[^"\\]|\\.)*"/gs

/** Values are JSON texts; a backslash that escapes nothing, as in DOMAIN\user, means itself. */
const valueOf = (literal: string): string => {
  try {
    return JSON.parse(literal) as string
  } catch {
    return literal.slice(1, -1).replaceAll('\\"', '"')
  }
}

const invalid = (why: string) => new ScimProblem('invalidFilter', `The filter cannot be read: ${why}`)

const parsed = (text: string): Filter => {
  try {
    return parse(text)
  } catch (error) {
    throw invalid((error as Error).message.slice(0, 200))
  }
}

const suffixed = /\[([^[\]]*)\]\.(\w+)\s+(pr\b|(?:eq|ne|co|sw|ew|gt|ge|lt|le)\s+[^\s()[\]]+)/gi

/**
 * `emails[type eq "work"].value eq "x"`, which Entra ID sends and the grammar does not know, says one thing of one
 * value; the parser would make it two things of any.
 */
const withinBrackets = (text: string): string => text.replaceAll(suffixed, '[($1) and $2 $3]')

const count = (filter: Filter): number => {
  switch (filter.op) {
    case 'and':
    case 'or':
      return filter.filters.reduce((sum, each) => sum + count(each), 1)
    case 'not':
      return 1 + count(filter.filter)
    case '[]':
      return 1 + count(filter.valFilter)
    default:
      return 1
  }
}

const withValues = (filter: Filter, values: readonly string[]): Filter => {
  switch (filter.op) {
    case 'and':
    case 'or':
      return { ...filter, filters: filter.filters.map((each) => withValues(each, values)) }
    case 'not':
      return { ...filter, filter: withValues(filter.filter, values) }
    case '[]':
      return { ...filter, valFilter: withValues(filter.valFilter, values) }
    case 'pr':
      return filter
    default:
      return typeof filter.compValue === 'string'
        ? { ...filter, compValue: values[Number(filter.compValue)] as string }
        : filter
  }
}
