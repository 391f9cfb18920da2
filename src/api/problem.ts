import { STATUS_CODES } from 'node:http'
import { z } from 'zod'

/** Every way a request can fail: HTTP status and title. The code is the public, stable name on both surfaces. */
const catalogue = {
  malformed_request: [400, 'The request could not be read'],
  invalid_json: [400, 'The body is not acceptable JSON'],
  unknown_parameter: [400, 'A query parameter is not known here'],
  invalid_cursor: [400, 'The cursor does not belong to this list'],
  number_not_finite: [400, 'A number is not finite'],
  invalid_value: [400, 'A value cannot be stored'],
  query_too_complex: [400, 'The GraphQL query asks for too much'],
  unauthenticated: [401, 'Authentication is required'],
  forbidden: [403, 'You may not do this'],
  insufficient_scope: [403, 'The credential lacks the scope'],
  not_found: [404, 'Resource not found'],
  method_not_allowed: [405, 'The method is not offered here'],
  not_acceptable: [406, 'No such representation'],
  conflict: [409, 'The resource is in the way'],
  external_id_taken: [409, 'The external id is in use'],
  code_taken: [409, 'The code is in use'],
  too_many_goals: [409, 'More goals than one request can score anew depend on it'],
  has_dependents: [409, 'Other resources depend on it'],
  alignment_cycle: [409, 'The alignment would close a circle'],
  hierarchy_cycle: [409, 'The hierarchy would close a circle'],
  formula_cycle: [409, 'The formula would read itself'],
  invalid_transition: [409, 'The state does not allow this'],
  already_closed: [409, 'It is closed already'],
  not_taking_check_ins: [409, 'The goal takes no check-ins in this state'],
  span_conflict: [409, 'The year was measured as another span'],
  cycle_closed: [409, 'The cycle is closed'],
  superseded: [409, 'The check-in has been superseded'],
  idempotency_in_progress: [409, 'A request with this idempotency key is under way'],
  cursor_expired: [410, 'What lies behind the cursor is no longer kept'],
  precondition_failed: [412, 'The resource has changed'],
  body_too_large: [413, 'The body is too large'],
  uri_too_long: [414, 'The address is too long'],
  unsupported_media_type: [415, 'The media type is not supported'],
  invalid_input: [422, 'The input is not valid'],
  negative_weight: [422, 'A weight is below 0'],
  baseline_equals_target: [422, 'Baseline and target are the same'],
  alignment_too_deep: [422, 'The alignment is too deep'],
  shares_exceed_one: [422, 'The shares of a key result sum to more than 1'],
  unreadable_file: [422, 'The file cannot be read'],
  import_refused: [422, 'The file is refused'],
  invalid_period: [422, 'The period cannot be read'],
  ambiguous_period: [422, 'The period can be read in two ways'],
  not_measured: [422, 'The KPI has no value yet'],
  wrong_measurement: [422, 'The measurement does not fit the KPI'],
  invalid_formula: [422, 'The formula cannot be read'],
  formula_exposes_input: [422, 'The formula would tell its readers what they may not see'],
  key_result_exposes_kpi: [422, 'The key result would tell its readers what they may not see'],
  red_line_beyond_target: [422, 'The red line is not on the bad side of the target'],
  wrong_reading: [422, 'The reading does not fit the key result'],
  not_yet: [422, 'The reading lies in the future'],
  reference_not_found: [422, 'A referenced resource does not exist'],
  reason_required: [422, 'A reason is required'],
  webhook_target_refused: [422, 'The address may not be called'],
  rating_off_scale: [422, 'The rating is not on the scale'],
  not_enough_history: [422, 'The history is too short'],
  people_are_not_ranked: [422, 'People are not ranked'],
  idempotency_key_reused: [422, 'The idempotency key was used for another request'],
  too_many_requests: [429, 'Too many requests'],
  internal: [500, 'Something went wrong'],
  unavailable: [503, 'Try again shortly'],
  export_not_ready: [409, 'The export has no file yet'],
  export_storage_full: [409, 'The organization keeps as many exports as it may'],
  export_expired: [410, 'The file of the export is no longer kept'],
  export_failed: [410, 'The export ended without a file'],
  range_not_satisfiable: [416, 'The file ends before the range'],
} as const satisfies Record<string, readonly [number, string]>

export type ProblemCode = keyof typeof catalogue

/** One fault inside the input. `pointer` is an RFC 6901 JSON pointer into the body, or `/name` of a parameter. */
export type Fault = { pointer: string; code: string; message: string }

/** The only error operations throw. `detail` says what happened in words a caller can act on. */
export class Problem extends Error {
  readonly code: ProblemCode
  readonly errors: readonly Fault[]
  /** Seconds after which a retry makes sense; becomes `Retry-After`. */
  readonly retryAfter: number | undefined

  constructor(
    code: ProblemCode,
    detail?: string,
    options: { errors?: readonly Fault[]; cause?: unknown; retryAfter?: number } = {},
  ) {
    super(detail ?? catalogue[code][1], { cause: options.cause })
    this.code = code
    this.errors = options.errors ?? []
    this.retryAfter = options.retryAfter
  }

  get status(): number {
    return catalogue[this.code][0]
  }

  /** RFC 9457 members. `instance` names the request, so that an answer can be found in the log. */
  toJSON(instance: string | null = null) {
    const { code, status, message, errors } = this
    return { type: `/problems/${code}`, title: catalogue[code][1], status, detail: message, code, errors, instance }
  }
}

/** A broken rule about one member of the input, under the rule's own code. */
export const inputProblem = (code: ProblemCode, pointer: string, message: string): Problem =>
  new Problem(code, message, { errors: [{ pointer, code, message }] })

export const problemCodes = Object.keys(catalogue) as ProblemCode[]

export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.enum(problemCodes),
    errors: z.array(z.object({ pointer: z.string(), code: z.string(), message: z.string() })),
    instance: z.string().nullable(),
  })
  .meta({ id: 'Problem', description: 'What went wrong, as RFC 9457 problem details. `code` is stable.' })

/** The catalogue as rows, for the reference page of one problem. */
export const describeProblem = (code: ProblemCode) => ({
  code,
  status: catalogue[code][0],
  title: catalogue[code][1],
  reason: STATUS_CODES[catalogue[code][0]] ?? '',
})
