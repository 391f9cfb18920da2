import type { Context } from '../../api/operation.ts'
import type { Rule } from '../../auth/rules.ts'
import { query } from '../../db/statement.ts'

type Owned = { ownerUserId: string | null; ownerTeamId: string | null; ownerDepartmentId: string | null }

const mayAnything = ({ actor }: Context): boolean =>
  actor.roles.includes('admin') || actor.roles.includes('integration')

/** Managers write for their line: people who report to them, however far down, and the teams and departments these lead. */
const inLine = async (
  { actor, db }: Context,
  { ownerUserId, ownerTeamId, ownerDepartmentId }: Owned,
): Promise<boolean> => {
  const [row] = await query<{ found: boolean }>(
    db,
    'goal_in_line',
    `with recursive people (id) as (
       select $2::uuid
       union select u.id from people join users u on u.tenant_id = $1 and u.manager_id = people.id where u.deleted_at is null
     ), units (id) as (
       select d.id from people join departments d on d.tenant_id = $1 and d.lead_id = people.id where d.deleted_at is null
       union select d.id from units join departments d on d.tenant_id = $1 and d.parent_id = units.id where d.deleted_at is null
     )
     select exists (select from people where id = $3) or exists (select from units where id = $5)
       or exists (select from teams t join people on people.id = t.lead_id where t.tenant_id = $1 and t.id = $4 and t.deleted_at is null) as found`,
    [actor.tenantId, actor.userId, ownerUserId, ownerTeamId, ownerDepartmentId],
  )
  return row?.found ?? false
}

/** Who may change a goal: administrators and machines, its owner, and managers of the owner's line. */
export const mayChangeObjective: Rule<Owned> = async (ctx, objective) => {
  if (mayAnything(ctx)) return true
  const { userId, roles } = ctx.actor
  if (userId === null) return false
  if (roles.includes('member') && objective.ownerUserId === userId) return true
  return roles.includes('manager') && inLine(ctx, objective)
}

/** The same for what belongs to an objective, told by its id. */
export const mayChangeObjectiveOf = async (ctx: Context, objectiveId: string): Promise<boolean> => {
  if (mayAnything(ctx)) return true
  const [owner] = await query<Owned>(
    ctx.db,
    'objective_owner',
    `select owner_user_id as "ownerUserId", owner_team_id as "ownerTeamId", owner_department_id as "ownerDepartmentId"
     from objectives where tenant_id = $1 and id = $2`,
    [ctx.actor.tenantId, objectiveId],
  )
  return owner !== undefined && mayChangeObjective(ctx, owner)
}

/** Whose work an objective is, beside its owner: the people of the owning team, who leads it, and the contributors. */
export const worksOn = async ({ actor, db }: Context, objectiveId: string): Promise<boolean> => {
  if (actor.userId === null) return false
  const [row] = await query<{ found: boolean }>(
    db,
    'works_on',
    `select exists (
       select from objectives o where o.tenant_id = $1 and o.id = $2 and (
         exists (select from team_memberships m where m.tenant_id = $1 and m.user_id = $3 and m.deleted_at is null
           and (m.team_id = o.owner_team_id or o.contributors @> jsonb_build_array(jsonb_build_object('type', 'team', 'id', m.team_id))))
         or exists (select from teams t where t.tenant_id = $1 and t.id = o.owner_team_id and t.lead_id = $3)
         or o.contributors @> jsonb_build_array(jsonb_build_object('type', 'user', 'id', $3::uuid)))
     ) as found`,
    [actor.tenantId, objectiveId, actor.userId],
  )
  return row?.found ?? false
}

/** Goals by what names them. */
export type Named = { objectiveIds?: readonly string[]; keyResultIds?: readonly string[] }

const ownersOf = (
  { actor, db }: Context,
  { objectiveIds = [], keyResultIds = [] }: Named,
): Promise<(Owned & { id: string })[]> =>
  query(
    db,
    'goal_owners',
    `select id, owner_user_id as "ownerUserId", owner_team_id as "ownerTeamId", owner_department_id as "ownerDepartmentId"
     from objectives where tenant_id = $1 and id in (
       select unnest($2::uuid[]) union all select objective_id from key_results where tenant_id = $1 and id = any($3))`,
    [actor.tenantId, objectiveIds, keyResultIds],
  )

/** Who may change every one of several goals: what counts in a goal is for its owners to say. */
export const mayChangeEvery = async (ctx: Context, named: Named): Promise<boolean> => {
  if (mayAnything(ctx)) return true
  for (const owner of await ownersOf(ctx, named)) if (!(await mayChangeObjective(ctx, owner))) return false
  return true
}

/** Who may change one of several goals. */
export const mayChangeSome = async (ctx: Context, named: Named): Promise<boolean> => {
  if (mayAnything(ctx)) return true
  for (const owner of await ownersOf(ctx, named)) if (await mayChangeObjective(ctx, owner)) return true
  return false
}

/** Who may speak about goals: those who may change one of them, and members who work on it. */
export const mayReportOn = async (ctx: Context, named: Named): Promise<boolean> => {
  if (await mayChangeSome(ctx, named)) return true
  if (!ctx.actor.roles.includes('member')) return false
  for (const { id } of await ownersOf(ctx, named)) if (await worksOn(ctx, id)) return true
  return false
}
