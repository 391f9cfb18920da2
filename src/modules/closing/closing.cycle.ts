import type { Context } from '../../api/operation.ts'
import { Problem } from '../../api/problem.ts'
import { query } from '../../db/statement.ts'

/** Sets a cycle to closed, once. 409 `already_closed` when it is. */
export const closeCycleRow = async (ctx: Context, id: string): Promise<void> => {
  const rows = await query<{ before: string }>(
    ctx.db,
    'cycle_close',
    `update cycles c set state = 'closed', version = c.version + 1, updated_at = $3
     from (select state from cycles where tenant_id = $1 and id = $2) was
     where c.tenant_id = $1 and c.id = $2 and c.state <> 'closed' returning was.state as before`,
    [ctx.actor.tenantId, id, ctx.now],
  )
  if (!rows[0]) throw new Problem('already_closed', 'The cycle is closed already')
  ctx.emit({ type: 'cycle.closed', subject: { type: 'cycle', id }, changes: { state: [rows[0].before, 'closed'] } })
}

/** Goals are carried into cycles that still take them. 404, 409 `cycle_closed`. */
export const requireOpenCycle = async ({ db, actor }: Context, id: string): Promise<void> => {
  const [row] = await query<{ state: string }>(
    db,
    'cycle_state',
    'select state from cycles where tenant_id = $1 and id = $2 and deleted_at is null',
    [actor.tenantId, id],
  )
  if (!row) throw new Problem('not_found', 'There is no such cycle')
  if (row.state === 'closed') throw new Problem('cycle_closed')
}
