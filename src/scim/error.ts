import { Problem, type ProblemCode } from '../api/problem.ts'

type ScimType =
  | 'invalidFilter'
  | 'invalidSyntax'
  | 'invalidPath'
  | 'noTarget'
  | 'invalidValue'
  | 'mutability'
  | 'uniqueness'

/** A fault only SCIM has a name for (RFC 7644 §3.12, table 9); leaves as 400 with its `scimType`. */
export class ScimProblem extends Problem {
  readonly scimType: ScimType
  constructor(scimType: ScimType, detail: string) {
    super('malformed_request', detail)
    this.scimType = scimType
  }
}

const scimTypes: Partial<Record<ProblemCode, ScimType>> = {
  invalid_json: 'invalidSyntax',
  number_not_finite: 'invalidSyntax',
  malformed_request: 'invalidSyntax',
  invalid_input: 'invalidValue',
  invalid_value: 'invalidValue',
  reference_not_found: 'invalidValue',
  conflict: 'uniqueness',
  external_id_taken: 'uniqueness',
}

/** A problem in SCIM's words. What the API calls 422 is 400 here, for SCIM knows no other. */
export const scimErrorOf = (problem: Problem) => {
  const scimType = problem instanceof ScimProblem ? problem.scimType : scimTypes[problem.code]
  const status = problem.status === 422 ? 400 : problem.status
  return {
    status,
    body: {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      status: String(status),
      ...(scimType ? { scimType } : {}),
      detail: problem.message,
    },
  }
}
