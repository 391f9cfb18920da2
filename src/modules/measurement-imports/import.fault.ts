/**
 * Why a row cannot be taken. `member` is what of the row is at fault: `period`, `value` …, `dimensions.region`; null for
 * the row as a whole.
 */
export class PointFault {
  readonly member: string | null
  readonly code: string
  readonly message: string
  constructor(member: string | null, code: string, message: string) {
    this.member = member
    this.code = code
    this.message = message
  }
}
