import { openTransaction } from '../db/transaction.ts'
import { contextOf, type NotedRead, type Request } from './context.ts'
import { digestOf, writeJournal } from './journal.ts'
import type { AnyOperation } from './operation.ts'
import type { Resource } from './resource.ts'
import type { Row } from './store.ts'

/** What of this answer must be noted as read; nothing for most operations. */
export const readsOf = (operation: AnyOperation, { actor }: Request, input: unknown, output: unknown): NotedRead[] => {
  const subjectIds = operation.auditsReads?.({ actor }, output, input) ?? []
  if (subjectIds.length === 0) return []
  return [{ operation: operation.name, subjectIds, inputDigest: digestOf(operation.name, null, input) }]
}

/**
 * Writes an audit row for each read, in a transaction of its own: reads run in one that cannot write. Whoever answers
 * waits for it, so that nothing is shown that was not noted. No other connection may be held meanwhile.
 */
export const auditReads = async (request: Request, reads: readonly NotedRead[]): Promise<void> => {
  if (reads.length === 0) return
  const transaction = await openTransaction(request.house.pool, request.actor.tenantId, 'write')
  try {
    const entries = reads.map((read) => ({ ...read, requestId: request.id }))
    await writeJournal(contextOf(request, transaction), [], entries)
    await transaction.commit()
    request.house.journal.wake(request.actor.tenantId)
  } catch (error) {
    await transaction.rollback()
    throw error
  }
}

/** What of an answer is noted as read, if the resource says so. */
export const notingReads = (
  { audited }: Resource,
  rowsOf: (output: unknown) => Row[],
): Pick<AnyOperation, 'auditsReads'> =>
  audited
    ? {
        auditsReads: ({ actor }, output) =>
          rowsOf(output).flatMap((row) => (audited.isFor(row, actor) ? [row['id'] as string] : [])),
      }
    : {}
