import { z } from 'zod'
import { type Fault, Problem, type ProblemCode } from './problem.ts'

/** The one place where a foreign error becomes ours: zod's, Postgres's, Fastify's. Anything else is `internal`. */
export const toProblem = (error: unknown): Problem => {
  if (error instanceof Problem) return error
  if (error instanceof z.ZodError) return inputProblems(error)
  const { code, constraint, statusCode, message } = cause(error)
  if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) return fromSqlState(code, constraint, error)
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) {
    return new Problem(byStatus[statusCode] ?? 'malformed_request', message, { cause: error })
  }
  if (isConnectionTrouble(error)) return new Problem('unavailable', undefined, { cause: error, retryAfter: 1 })
  return new Problem('internal', undefined, { cause: error })
}

/**
 * Every fault zod found, with a pointer into the body or to the parameter. Where all break one rule that has a code of its
 * own, the problem has that code, else `invalid_input`.
 */
export const inputProblems = (error: z.ZodError): Problem => {
  const errors = error.issues.flatMap(faultsOf)
  const detail =
    errors.length === 1 ? `${errors[0]?.pointer || '/'}: ${errors[0]?.message}` : `${errors.length} faults in the input`
  const [own, ...others] = new Set(error.issues.map(ownCode))
  return new Problem((others.length === 0 && own) || 'invalid_input', detail, { errors })
}

const faultsOf = (issue: z.core.$ZodIssue): Fault[] => {
  const { message } = issue
  const code = ownCode(issue) ?? issue.code
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ pointer: pointerTo([...issue.path, key]), code, message: 'unknown member' }))
  }
  return [{ pointer: pointerTo(issue.path), code, message }]
}

/** A refinement names its code by `params`. A literal of GraphQL may be too large for a double, which JSON's reader told. */
const ownCode = (issue: z.core.$ZodIssue): ProblemCode | undefined => {
  if (issue.code === 'custom') return issue.params?.['code'] as ProblemCode | undefined
  const { received } = issue as { received?: unknown }
  return received === 'Infinity' || received === '-Infinity' ? 'number_not_finite' : undefined
}

/** RFC 6901. The body sits under `input` (operation.ts), which callers do not see. */
const pointerTo = (path: readonly PropertyKey[]): string =>
  (path[0] === 'input' ? path.slice(1) : path)
    .map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('')

const fromSqlState = (state: string, constraint: string | undefined, error: unknown): Problem => {
  if (state === '23505' && constraint?.endsWith('_external_id')) {
    return new Problem('external_id_taken', undefined, { cause: error })
  }
  if (state === '23505' && constraint?.endsWith('_code')) return new Problem('code_taken', undefined, { cause: error })
  const code = sqlStates[state] ?? sqlStates[state.slice(0, 2)] ?? 'internal'
  const retryAfter = code === 'unavailable' ? 1 : undefined
  // The constraint's name is ours and public vocabulary; the statement and its values stay in the log.
  const detail = constraint && code === 'conflict' ? `Against the rule ${constraint}` : undefined
  return new Problem(code, detail, { cause: error, retryAfter })
}

/** By SQLSTATE, or by its class of two characters. */
const sqlStates: Record<string, ProblemCode> = {
  '22': 'invalid_value',
  '23505': 'conflict',
  '23503': 'conflict',
  '23514': 'invalid_input',
  '23502': 'invalid_input',
  '40001': 'unavailable',
  '40P01': 'unavailable',
  '55P03': 'unavailable',
  '57014': 'unavailable',
  '53': 'unavailable',
  '57': 'unavailable',
  '08': 'unavailable',
}

const byStatus: Record<number, ProblemCode> = {
  404: 'not_found',
  405: 'method_not_allowed',
  406: 'not_acceptable',
  413: 'body_too_large',
  414: 'uri_too_long',
  415: 'unsupported_media_type',
  429: 'too_many_requests',
}

const isConnectionTrouble = (error: unknown): boolean =>
  error instanceof Error &&
  /timeout exceeded|^Query read timeout|^Connection terminated|ECONN|not queryable|connection error/.test(error.message)

/** Drizzle wraps the driver's error, so the SQLSTATE may sit on the cause. */
const cause = (error: unknown): { code?: unknown; constraint?: string; statusCode?: unknown; message?: string } => {
  if (typeof error !== 'object' || error === null) return {}
  const { code, cause: inner } = error as { code?: unknown; cause?: unknown }
  return code === undefined && inner ? cause(inner) : (error as { message: string })
}
