import type { Context } from '../../api/operation.ts'
import { query } from '../../db/statement.ts'
import type { Explanation } from '../../scoring/index.ts'

/** One level as it was frozen: items carry the hash of theirs. */
export type FrozenLevel = Omit<Explanation, 'items'> & {
  explainedOn: string
  progressAsStarted: number | null
  items: (Explanation['items'][number] & { sha256: string | null })[]
}

type Row = { id: string; sha256: string; body: string }
const parsed = (rows: readonly Row[]) =>
  new Map(rows.map(({ id, sha256, body }) => [id, { ...(JSON.parse(body) as FrozenLevel), sha256 }]))

/** The frozen explanations of closed goals, by the goal's id. */
export const frozenByGoal = async ({ db, actor }: Context, ids: readonly string[]) =>
  parsed(
    await query<Row>(
      db,
      'frozen_by_goal',
      `select g.id, f.sha256, f.body from (
         select id, explanation_sha256 from objectives where tenant_id = $1 and id = any($2)
         union all select id, explanation_sha256 from key_results where tenant_id = $1 and id = any($2)
       ) g join frozen_explanations f on f.tenant_id = $1 and f.sha256 = g.explanation_sha256`,
      [actor.tenantId, ids],
    ),
  )

/** Frozen explanations by their own hash. */
export const frozenByHash = async ({ db, actor }: Context, hashes: readonly string[]) =>
  parsed(
    await query<Row>(
      db,
      'frozen_by_hash',
      'select sha256 as id, sha256, body from frozen_explanations where tenant_id = $1 and sha256 = any($2)',
      [actor.tenantId, hashes],
    ),
  )
