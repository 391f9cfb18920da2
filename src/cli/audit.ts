import { readFile } from 'node:fs/promises'
import { Command } from 'commander'
import type { Pool } from 'pg'
import { z } from 'zod'
import { id } from '../api/fields.ts'
import { openTransaction } from '../db/transaction.ts'
import { type Anchor, type Verdict, verifyAudit } from '../journal/verify.ts'
import { withPool } from './database.ts'
import { requireOrganization } from './key.queries.ts'
import { print } from './output.ts'

const options = z.object({ org: id.optional(), anchor: z.string().optional(), json: z.boolean().optional() })
const anchors = z.object({ items: z.array(z.object({ organizationId: id, seq: z.int().min(0), hash: z.string() })) })

const organizationsOf = async (pool: Pool, wanted: string | undefined): Promise<string[]> => {
  if (wanted) {
    await requireOrganization(pool, wanted)
    return [wanted]
  }
  const { rows } = await pool.query<{ id: string }>('select id from tenants order by id')
  return rows.map((row) => row.id)
}

/** Each organization in a snapshot of its own: a chain may be long, and goes on growing. */
const verifyAll = (wanted: string | undefined, kept: readonly Anchor[]): Promise<Verdict[]> =>
  withPool(async (pool) => {
    const verdicts: Verdict[] = []
    for (const organizationId of await organizationsOf(pool, wanted)) {
      const transaction = await openTransaction(pool, organizationId, 'snapshot')
      const anchor = kept.find((each) => each.organizationId === organizationId)
      try {
        verdicts.push(await verifyAudit(transaction.db, organizationId, anchor))
      } finally {
        await transaction.rollback()
      }
    }
    return verdicts
  })

const lineOf = ({ organizationId, ok, entries, fault, head }: Verdict): string =>
  `${organizationId}  ${ok ? 'ok' : 'BROKEN'}  ${fault ?? `${entries} entries, the newest is ${head.seq}`}`

const verify = new Command('verify')
  .description('work out the audit chain anew; fails where an entry was changed, forged or removed')
  .option('--org <id>', 'one organization only')
  .option('--anchor <file>', 'what "audit anchor --json" printed earlier: shows a tail that was cut since')
  .option('--json', 'print { "items": [...] }')
  .action(async (given: unknown) => {
    const { org, anchor, json } = options.parse(given)
    const kept = anchor ? anchors.parse(JSON.parse(await readFile(anchor, 'utf8'))).items : []
    const items = await verifyAll(org, kept)
    print(json, { items }, items.map(lineOf).join('\n'))
    if (items.some(({ ok }) => !ok)) process.exitCode = 1
  })

const anchor = new Command('anchor')
  .description('print where each audit chain ends, to be kept out of reach of whoever could change the database')
  .option('--org <id>', 'one organization only')
  .option('--json', 'print { "items": [{ "organizationId", "seq", "hash" }] }')
  .action(async (given: unknown) => {
    const { org, json } = options.parse(given)
    const verdicts = await verifyAll(org, [])
    const broken = verdicts.find(({ ok }) => !ok)
    if (broken) throw new Error(`The chain is broken, and not anchored: ${lineOf(broken)}`)
    const items = verdicts.map(({ head }) => head)
    print(
      json,
      { items },
      items.map(({ organizationId, seq, hash }) => `${organizationId}  ${seq}  ${hash}`).join('\n'),
    )
  })

/** `headway audit …` */
export const auditCommand = new Command('audit').description('the audit log').addCommand(verify).addCommand(anchor)
