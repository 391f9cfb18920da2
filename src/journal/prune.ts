import { newId } from '../api/new-id.ts'
import { query } from '../db/statement.ts'
import type { Database } from '../db/transaction.ts'

/** The operation an entry names that stands for those retention took. */
const pruning = 'pruneAuditLog'

/** Entries that go in one statement. */
const mostAtOnce = 10_000

/** The last entry that is gone. */
export type Cut = { through: number; hash: string }

/** Up to where retention has taken entries, by the newest entry that says so. */
export const cutOf = async (db: Database, tenantId: string): Promise<Cut | undefined> => {
  const [cut] = await query<Cut>(
    db,
    'audit_cut',
    `select substr(request_id, 9)::bigint as through, input_digest as hash from audit_log
     where tenant_id = $1 and operation = $2 order by ordinal desc limit 1`,
    [tenantId, pruning],
  )
  return cut
}

// Entries are older than their seq's neighbours by moments only, so the first that is young enough ends the cut.
const text = `
  with kept as (
    select least(
      (select coalesce(min(seq), 0) from audit_log where tenant_id = $1 and at >= $2),
      (select min(seq) + $6 from audit_log where tenant_id = $1)
    ) as seq
  ), last as (
    select a.seq, a.hash from audit_log a, kept where a.tenant_id = $1 and a.seq = kept.seq - 1
  ), noted as (
    insert into audit_log (tenant_id, id, at, actor_kind, actor_id, operation, subject_ids, input_digest, request_id)
    select $1, $3, $4, 'command_line', $1, $5, '{}', last.hash, 'through ' || last.seq from last
  ), told as (
    insert into unsequenced (id) select $1 from last
  )
  delete from audit_log a using last where a.tenant_id = $1 and a.seq <= last.seq returning a.seq`

/**
 * Deletes entries of the audit log from before an instant, from the oldest on, and leaves one in their place that the chain
 * goes on from: the last hash that is gone. The database refuses what is younger than a year. Answers how many went.
 */
export const pruneAudit = async (db: Database, tenantId: string, before: string, now: string): Promise<number> =>
  (await query(db, 'audit_prune', text, [tenantId, before, newId(), now, pruning, mostAtOnce])).length
