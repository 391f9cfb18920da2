import { createHash } from 'node:crypto'

/** A row of the audit log, as far as the chain covers it. Instants are RFC 3339 in UTC with milliseconds. */
export type Link = {
  id: string
  at: string
  actorKind: string
  actorId: string
  operation: string
  subjectIds: readonly string[]
  inputDigest: string
  requestId: string
}

/** The columns of a link, in SQL. */
export const linkColumns = `id, at, actor_kind as "actorKind", actor_id as "actorId", operation,
  subject_ids as "subjectIds", input_digest as "inputDigest", request_id as "requestId"`

/** What stands before an organization's first entry. */
export const genesis = ''

/**
 * The hash of an entry at its place: SHA-256 over the hash before it, the organization, the place and every member, hex.
 * The leading 1 is the version of this very form.
 */
export const hashOf = (before: string, tenantId: string, seq: number, link: Link): string => {
  const { id, at, actorKind, actorId, operation, subjectIds, inputDigest, requestId } = link
  return createHash('sha256')
    .update(
      JSON.stringify([
        1,
        before,
        tenantId,
        seq,
        id,
        at,
        actorKind,
        actorId,
        operation,
        subjectIds,
        inputDigest,
        requestId,
      ]),
    )
    .digest('hex')
}
