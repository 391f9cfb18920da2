import { query } from '../db/statement.ts'
import type { Database } from '../db/transaction.ts'
import { genesis, hashOf, type Link, linkColumns } from './chain.ts'
import { cutOf } from './prune.ts'

/** Where an organization's audit chain ended at some time; kept elsewhere, it shows a tail that was cut since. */
export type Anchor = { organizationId: string; seq: number; hash: string }

export type Verdict = {
  organizationId: string
  ok: boolean
  /** Entries looked at. */
  entries: number
  /** The newest entry. */
  head: Anchor
  /** What is wrong, at the first place where something is. */
  fault: string | null
}

type Entry = Link & { seq: number; hash: string }

const batch = 1_000

const entriesText = `
  select seq, hash, ${linkColumns} from audit_log where tenant_id = $1 and seq > $2 order by seq limit $3`

async function* entriesOf(db: Database, tenantId: string): AsyncGenerator<Entry> {
  for (let after = 0; ; ) {
    const rows = await query<Entry>(db, 'audit_verify', entriesText, [tenantId, after, batch])
    yield* rows
    const last = rows.at(-1)
    if (!last || rows.length < batch) return
    after = last.seq
  }
}

/**
 * Goes through an organization's audit chain from its beginning and works out every hash anew. Run it in one snapshot. What
 * retention took is vouched for by the entry it left; `anchor` by whoever kept it.
 */
export const verifyAudit = async (db: Database, organizationId: string, anchor?: Anchor): Promise<Verdict> => {
  const cut = await cutOf(db, organizationId)
  let seq = cut?.through ?? 0
  let hash = cut?.hash ?? genesis
  let entries = 0
  const verdict = (fault: string | null): Verdict => ({
    organizationId,
    ok: fault === null,
    entries,
    head: { organizationId, seq, hash },
    fault,
  })

  for await (const entry of entriesOf(db, organizationId)) {
    if (entry.seq !== seq + 1) return verdict(`entry ${seq + 1} is missing`)
    if (entry.hash !== hashOf(hash, organizationId, entry.seq, entry)) return verdict(`entry ${entry.seq} was changed`)
    ;({ seq, hash } = entry)
    entries++
    if (anchor?.seq === seq && anchor.hash !== hash) return verdict(`entry ${seq} is not the one that was anchored`)
  }
  const [kept] = await query<{ seq: number; hash: string }>(
    db,
    'audit_head',
    'select audit_seq as seq, audit_hash as hash from journal_heads where tenant_id = $1',
    [organizationId],
  )
  const known = kept ?? { seq: 0, hash: genesis }
  if (anchor && anchor.seq > seq) return verdict(`entries ${seq + 1} to ${anchor.seq} were anchored and are gone`)
  if (known.seq > seq) return verdict(`entries ${seq + 1} to ${known.seq} are gone`)
  return verdict(known.seq === seq && known.hash === hash ? null : `entries after ${known.seq} are forged`)
}
