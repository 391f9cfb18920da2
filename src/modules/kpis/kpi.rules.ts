import type { Context } from '../../api/operation.ts'
import { Problem } from '../../api/problem.ts'
import type { Rule } from '../../auth/rules.ts'
import { query } from '../../db/statement.ts'
import { mayChangeObjective } from '../goals/goal.rules.ts'
import type { kpis } from './kpi.table.ts'

export type OwnedKpi = Pick<typeof kpis.$inferSelect, 'ownerUserId' | 'ownerTeamId' | 'ownerDepartmentId'>

/** Who may change a KPI: as with goals, administrators and machines, its owner, and managers of the owner's line. */
export const mayChangeKpi: Rule<OwnedKpi> = mayChangeObjective

/** Who may record its values: those, and members of the team that owns it. */
export const mayMeasure: Rule<OwnedKpi> = async (ctx, kpi) =>
  (await mayChangeKpi(ctx, kpi)) || (ctx.actor.roles.includes('member') && isInTeam(ctx, kpi.ownerTeamId))

const isInTeam = async ({ actor, db }: Context, teamId: string | null): Promise<boolean> => {
  if (teamId === null || actor.userId === null) return false
  const [row] = await query<{ found: boolean }>(
    db,
    'is_in_team',
    `select exists (select from team_memberships where tenant_id = $1 and team_id = $2 and user_id = $3 and deleted_at is null)
       or exists (select from teams where tenant_id = $1 and id = $2 and lead_id = $3 and deleted_at is null) as found`,
    [actor.tenantId, teamId, actor.userId],
  )
  return row?.found ?? false
}

/** The owner of a KPI, told by its id. 404 for one that has been deleted. */
export const ownersOfKpi = async ({ actor, db }: Context, id: string): Promise<OwnedKpi> => {
  const [owner] = await query<OwnedKpi>(
    db,
    'kpi_owner',
    `select owner_user_id as "ownerUserId", owner_team_id as "ownerTeamId", owner_department_id as "ownerDepartmentId"
     from kpis where tenant_id = $1 and id = $2 and deleted_at is null`,
    [actor.tenantId, id],
  )
  if (!owner) throw new Problem('not_found', 'There is no such KPI')
  return owner
}
