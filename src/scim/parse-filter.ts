import { type Filter, parse } from 'scim2-parse-filter'
import { ScimProblem } from './error.ts'

const longest = 2_000
const mostClauses = 50

/**
 * The tree of a filter (RFC 7644 §3.4.2.2). Throws `invalidFilter` for what is none, is too long, or holds control
 * characters: on an open quote with line breaks behind it the tokenizer would try twice as long for every one.
 */
export const parseFilter = (text: string): Filter => {
  if (text.length > longest) throw invalid(`at most ${longest} characters`)
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f]/.test(text)) throw invalid('control characters are not accepted')
  const filter = parsed(withinBrackets(text))
  if (count(filter) > mostClauses) throw invalid(`at most ${mostClauses} clauses`)
  return unescaped(filter)
}

const invalid = (why: string) => new ScimProblem('invalidFilter', `The filter cannot be read: ${why}`)

const parsed = (text: string): Filter => {
  try {
    return parse(text)
  } catch (error) {
    throw invalid((error as Error).message.slice(0, 200))
  }
}

const quoted = /"(?:[^"\\]|\\.)*"/.source
const suffixed = new RegExp(
  `${quoted}|\\[((?:[^\\[\\]"]|${quoted})*)\\]\\.(\\w+)\\s+(pr\\b|(?:eq|ne|co|sw|ew|gt|ge|lt|le)\\s+(?:${quoted}|[^\\s()\\[\\]"]+))`,
  'gi',
)

/**
 * `emails[type eq "work"].value eq "x"`, which Entra ID sends and the grammar does not know, says one thing of one
 * value; the parser would make it two things of any.
 */
const withinBrackets = (text: string): string =>
  text.replaceAll(suffixed, (whole: string, inner?: string, name?: string, rest?: string) =>
    inner === undefined ? whole : `[(${inner}) and ${name} ${rest}]`,
  )

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

/** The parser keeps backslashes as they stand; values are JSON texts. */
const unescaped = (filter: Filter): Filter => {
  switch (filter.op) {
    case 'and':
    case 'or':
      return { ...filter, filters: filter.filters.map(unescaped) }
    case 'not':
      return { ...filter, filter: unescaped(filter.filter) }
    case '[]':
      return { ...filter, valFilter: unescaped(filter.valFilter) }
    case 'pr':
      return filter
    default:
      return typeof filter.compValue === 'string' && filter.compValue.includes('\\')
        ? { ...filter, compValue: plain(filter.compValue) }
        : filter
  }
}

const plain = (value: string): string => {
  try {
    return JSON.parse(`"${value.replaceAll('"', '\\"')}"`) as string
  } catch {
    // A backslash that escapes nothing, as in DOMAIN\user, means itself.
    return value
  }
}
