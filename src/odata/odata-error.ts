/** What a client did wrong (400), or may ask elsewhere but not here (501). Becomes an OData error body. */
export class ODataError extends Error {
  readonly status: 400 | 404 | 501
  readonly code: string

  constructor(status: 400 | 404 | 501, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

export const unreadable = (message: string): ODataError => new ODataError(400, 'invalid_query', message)
export const unsupported = (what: string): ODataError =>
  new ODataError(501, 'not_implemented', `${what} is not supported`)
