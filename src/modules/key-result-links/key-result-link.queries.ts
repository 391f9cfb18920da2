import type { Context } from '../../api/operation.ts'
import { inputProblem } from '../../api/problem.ts'
import type { Row } from '../../api/store.ts'
import { query } from '../../db/statement.ts'
import type { Touched } from '../goals/goal.lock.ts'

/** The goals whose graphs a write of links must hold: both ends. */
export const touchedBy = async (
  { db, actor }: Context,
  ids: readonly string[],
  inputs: readonly Row[],
): Promise<Touched> => {
  const rows = await query<{ id: string }>(
    db,
    'key_result_link_ends',
    `select unnest(array[child_key_result_id, parent_key_result_id]) as id from key_result_links
     where tenant_id = $1 and id = any($2)`,
    [actor.tenantId, ids],
  )
  const named = inputs.flatMap((input) => [input['childKeyResultId'], input['parentKeyResultId']])
  return { keyResultIds: [...rows.map(({ id }) => id), ...named.filter((id) => typeof id === 'string')] }
}

/**
 * No value is added up more than once: the shares of a child over all its parents sum to 1 at most. Read after the
 * write, behind the child's graph lock. 422 `shares_exceed_one`.
 */
export const requireShares = async ({ db, actor }: Context, childIds: readonly string[]): Promise<void> => {
  const [row] = await query<{ id: string; sum: number }>(
    db,
    'key_result_link_shares',
    `select child_key_result_id as id, sum(share) as sum from key_result_links
     where tenant_id = $1 and child_key_result_id = any($2) and deleted_at is null
     group by child_key_result_id having sum(share) > 1 + 1e-9 limit 1`,
    [actor.tenantId, childIds],
  )
  if (row) throw inputProblem('shares_exceed_one', '/share', `the shares of ${row.id} would sum to ${row.sum}`)
}
