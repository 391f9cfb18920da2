import type { Pool } from 'pg'
import { eventTypesOf } from '../../src/api/event-types.ts'
import { query } from '../../src/db/statement.ts'
import { openTransaction } from '../../src/db/transaction.ts'
import { modules } from '../../src/modules/index.ts'

export const eventTypes = new Map(eventTypesOf(modules).map((type) => [type.type, type]))

type Emitted = { type: string; subjectType: string; changes: Record<string, unknown> }

/** Throws when an organization has an event of a type nobody declared, or one that tells what its type does not. */
export const requireDeclared = async (pool: Pool, organizationId: string): Promise<void> => {
  const { db, commit } = await openTransaction(pool, organizationId, 'single')
  const emitted = await query<Emitted>(
    db,
    undefined,
    'select distinct type, subject_type as "subjectType", changes from events where tenant_id = $1',
    [organizationId],
  )
  await commit()
  for (const { type, subjectType, changes } of emitted) {
    const declared = eventTypes.get(type)
    if (!declared) throw new Error(`The event ${type} is declared nowhere: name it in \`events\` of its resource`)
    if (declared.subject.type !== subjectType) throw new Error(`The event ${type} is about a ${subjectType}`)
    const { error } = declared.changes.safeParse(changes)
    if (error)
      throw new Error(`The event ${type} tells otherwise than declared: ${error.message} ${JSON.stringify(changes)}`)
  }
}
