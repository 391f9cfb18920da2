import type { Context } from '../../api/operation.ts'
import { query } from '../../db/statement.ts'
import { sha256 } from '../explanation/canonical-json.ts'
import { type SnapshotBody, snapshotText } from './review.snapshot.ts'

type Frozen = { items?: { sha256?: string | null }[] }

const bodiesOf = ({ db, actor }: Context, hashes: readonly string[]) =>
  query<{ sha256: string; body: string }>(
    db,
    'frozen_explanation_bodies',
    'select sha256, body from frozen_explanations where tenant_id = $1 and sha256 = any($2)',
    [actor.tenantId, hashes],
  )

/** What a body that still has its hash names below it. */
const below = (body: string): string[] =>
  ((JSON.parse(body) as Frozen).items ?? []).flatMap((item) => item.sha256 ?? [])

/**
 * Computes the hash of a snapshot and of every explanation it stands on anew, level by level: one changed byte anywhere
 * is told by the hash above it. What lies below a broken body is not looked at: nothing vouches for it any more.
 */
export const verifySnapshot = async (
  ctx: Context,
  hash: string,
): Promise<{ valid: boolean; checked: number; broken: string[] }> => {
  const text = await snapshotText(ctx, hash)
  if (text === undefined || sha256(text) !== hash) return { valid: false, checked: 1, broken: [hash] }
  const { objectives } = JSON.parse(text) as SnapshotBody
  const met = new Set<string>()
  const broken: string[] = []
  let open = objectives.flatMap(({ explanationSha256 }) => explanationSha256 ?? [])
  while (open.length > 0) {
    for (const each of open) met.add(each)
    const stored = new Map((await bodiesOf(ctx, open)).map((row) => [row.sha256, row.body]))
    const next = new Set<string>()
    for (const each of open) {
      const body = stored.get(each)
      if (body === undefined || sha256(body) !== each) broken.push(each)
      else for (const child of below(body)) if (!met.has(child)) next.add(child)
    }
    open = [...next]
  }
  return { valid: broken.length === 0, checked: met.size + 1, broken }
}
