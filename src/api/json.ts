import { namesNotFinite, repeatedMember, scan } from './json-text.ts'
import { inputProblem, Problem } from './problem.ts'

/**
 * Reads JSON that is safe to hand on: RFC 8259 narrowed to what survives a double, a JavaScript object and a Postgres
 * text column (I-JSON, RFC 7493, plus NUL and `__proto__`). Throws `number_not_finite` or `invalid_json` with a pointer to
 * the first fault.
 *
 * Two cheap passes around the native parser: one over the text for what parsing would hide (depth, and how many
 * members were written), one over the value for the rest. A value with fewer members than its text repeats a name.
 */
export const parseJson = (text: string, { maxDepth = 32 }: { maxDepth?: number } = {}): unknown => {
  const written = scan(text, maxDepth)
  if (written === undefined) throw refusal('', 'too_deep', `Values are nested more than ${maxDepth} levels deep`)
  const value = read(text)
  // Only an escape or a stray half in the text itself can bring in what checkText looks for.
  const suspicious = text.includes('\\u') || !text.isWellFormed()
  if (inspect(value, suspicious) < written) {
    throw refusal(jsonPointer(repeatedMember(text)), 'duplicate_member', 'The name appears twice in the same object')
  }
  return value
}

/** An RFC 6901 pointer from the steps of a path. */
const jsonPointer = (path: readonly (string | number)[]): string =>
  path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

const refusal = (pointer: string, code: string, message: string): Problem =>
  new Problem('invalid_json', message, { errors: [{ pointer, code, message }] })

const read = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (namesNotFinite(text)) throw inputProblem('number_not_finite', '', 'JSON has no NaN and no Infinity')
    // The parser quotes the body in its message; only the position is passed on, since answers and logs are kept.
    const place = /\(line \d+ column \d+\)/.exec((error as Error).message)?.[0].slice(1, -1)
    throw refusal('', 'syntax', place ? `The body is not JSON: see ${place}` : 'The body is not JSON')
  }
}

/** Counts the members of every object in the value and refuses what JSON can write but nobody can keep. */
const inspect = (root: unknown, suspicious: boolean): number => {
  const path: (string | number)[] = []
  let members = 0
  const pointerTo = (key: string | number) => jsonPointer(path.concat(key).slice(1))
  const fault = (key: string | number, code: string, message: string) => refusal(pointerTo(key), code, message)

  const checkText = (key: string | number, text: string) => {
    if (text.includes('\0')) throw fault(key, 'nul', 'The text contains U+0000')
    if (!text.isWellFormed()) throw fault(key, 'lone_surrogate', 'The text contains half of a surrogate pair')
  }

  const visit = (key: string | number, value: unknown): void => {
    if (typeof value === 'number') {
      if (Number.isSafeInteger(value) || Math.abs(value) < Number.MAX_SAFE_INTEGER) return
      if (!Number.isFinite(value)) throw inputProblem('number_not_finite', pointerTo(key), 'The number is too large')
      throw fault(key, 'unsafe_integer', 'Whole numbers beyond 2^53 - 1 would be rounded')
    }
    if (typeof value === 'string') {
      if (suspicious) checkText(key, value)
    } else if (value !== null && typeof value === 'object') {
      path.push(key)
      if (Array.isArray(value)) for (let i = 0; i < value.length; i++) visit(i, value[i])
      else visitMembers(value as Record<string, unknown>)
      path.pop()
    }
  }

  const visitMembers = (object: Record<string, unknown>) => {
    for (const name in object) {
      members++
      if (name === '__proto__') throw fault(name, 'forbidden_member', 'The name __proto__ is not accepted')
      if (suspicious) checkText(name, name)
      visit(name, object[name])
    }
  }

  visit('', root)
  return members
}
