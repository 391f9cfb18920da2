import { parseJson } from '../../api/json.ts'
import { inputProblem, Problem } from '../../api/problem.ts'
import { longestRecord, type Row } from './import.csv.ts'
import type { Mapping } from './import.mapping.ts'
import type { RawPoint } from './import.point.ts'
import { unreadable } from './import.report.ts'

/** A line that is no point, and why. */
export type BadLine = { line: number; code: string; message: string }

/**
 * Reads newline-delimited JSON into rows, blank lines passed over; answers what `take` makes of them.
 * @throws Problem 422 `unreadable_file` for an endless line
 */
export async function* readNdjson(
  chunks: AsyncIterable<string>,
  mapping: Mapping,
  take: (row: Row | BadLine) => string | null,
): AsyncGenerator<string> {
  let rest = ''
  let line = 0
  const read = (text: string): string | null => {
    line++
    if (text.length > longestRecord) throw tooLong(line)
    return text.trim() === '' ? null : take(rowFrom(text, line, mapping))
  }
  for await (const chunk of chunks) {
    rest += chunk
    let from = 0
    for (let end = rest.indexOf('\n'); end !== -1; end = rest.indexOf('\n', from)) {
      const portion = read(rest.slice(from, end))
      if (portion !== null) yield portion
      from = end + 1
    }
    rest = rest.slice(from)
    if (rest.length > longestRecord) throw tooLong(line + 1)
  }
  const portion = read(rest)
  if (portion !== null) yield portion
}

const tooLong = (line: number): Problem =>
  unreadable(line, 'record_too_long', `A line of more than ${longestRecord / 1024} kB`)

const rowFrom = (text: string, line: number, mapping: Mapping): Row | BadLine => {
  try {
    const value = parseJson(text, { maxDepth: 4 })
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return { line, code: 'not_an_object', message: 'Not an object' }
    return { line, point: pointFrom(value as Record<string, unknown>, mapping) }
  } catch (error) {
    if (error instanceof Problem) return { line, code: error.errors[0]?.code ?? 'invalid_json', message: error.message }
    throw error
  }
}

const pointFrom = (members: Record<string, unknown>, mapping: Mapping): RawPoint => ({
  kpi: mapping.kpi ?? textOf(members[mapping.kpiColumn]),
  period: textOf(members[mapping.periodColumn]),
  value: numberOrText(members[mapping.valueColumn]),
  numerator: numberOrText(members[mapping.numeratorColumn]),
  denominator: numberOrText(members[mapping.denominatorColumn]),
  note: textOf(members[mapping.noteColumn]),
  unit: mapping.unitColumn ? textOf(members[mapping.unitColumn]) : null,
  dimensions: dimensionsOf(members, mapping),
})

const dimensionsOf = (members: Record<string, unknown>, { dimensions }: Mapping): [string, string][] => {
  const said = members['dimensions'] ?? {}
  if (!dimensions && (typeof said !== 'object' || Array.isArray(said)))
    throw inputProblem('invalid_input', '/dimensions', 'an object of texts is expected')
  const given = dimensions ? dimensions.map((name) => [name, members[name]] as const) : Object.entries(said)
  return given.flatMap(([name, member]) => {
    if (typeof member === 'object' && member !== null)
      throw inputProblem('invalid_input', `/dimensions/${name}`, 'a dimension is a text')
    const text = textOf(member)?.trim()
    return text ? [[name, text] as [string, string]] : []
  })
}

/** What is neither text nor a number is written out, so that it is refused for what it is. */
const textOf = (value: unknown): string | null => {
  if (value === null || value === undefined) return null
  return typeof value === 'string' ? value : JSON.stringify(value)
}

const numberOrText = (value: unknown): string | number | null => (typeof value === 'number' ? value : textOf(value))
