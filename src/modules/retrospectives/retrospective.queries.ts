import type { Context } from '../../api/operation.ts'
import { query } from '../../db/statement.ts'

/** Whether the caller is a member of the team. */
export const isOnTeam = async ({ db, actor }: Context, teamId: string): Promise<boolean> => {
  if (actor.userId === null) return false
  const rows = await query(
    db,
    'is_on_team',
    'select id from team_memberships where tenant_id = $1 and team_id = $2 and user_id = $3 and deleted_at is null limit 1',
    [actor.tenantId, teamId, actor.userId],
  )
  return rows.length > 0
}
