import { type SQL, sql } from 'drizzle-orm'
import type { Sight } from '../../api/resource.ts'

const me = sql`${sql.placeholder('userId')}::uuid`
const tenant = sql`${sql.placeholder('tenantId')}::uuid`

/**
 * Which objectives a class of reader may see, as SQL over the alias `o`. Everybody sees `organization`; `restricted` is
 * for the owner, the owner's teams and the department line; `private` for the owner. Machines see all but private ones.
 */
export const objectiveVisible = (sight: Sight, alias: string): SQL | undefined => {
  if (sight === 'everything') return undefined
  const o = sql.raw(alias)
  if (sight === 'shared') return sql`${o}.visibility <> 'private'`
  return sql`(${o}.visibility = 'organization' or ${o}.owner_user_id = ${me}
    or (${o}.visibility = 'restricted' and (${o}.owner_type = 'organization' or ${ownTeam(o)} or ${ownDepartmentLine(o)})))`
}

/** The reader is in the team that owns the goal, leads it, or is in a team with the person who owns it. */
const ownTeam = (o: SQL): SQL => sql`(
  exists (select from team_memberships m where m.tenant_id = ${tenant} and m.user_id = ${me} and m.deleted_at is null
    and (m.team_id = ${o}.owner_team_id or m.team_id in (
      select n.team_id from team_memberships n where n.tenant_id = ${tenant} and n.user_id = ${o}.owner_user_id and n.deleted_at is null)))
  or exists (select from teams t where t.tenant_id = ${tenant} and t.id = ${o}.owner_team_id and t.lead_id = ${me}))`

/** The reader's department is the owner's, or lies above it. */
const ownDepartmentLine = (o: SQL): SQL => sql`exists (
  with recursive line (id) as (
    select coalesce(${o}.owner_department_id, (select u.department_id from users u where u.tenant_id = ${tenant} and u.id = ${o}.owner_user_id))
    union
    select d.parent_id from line join departments d on d.tenant_id = ${tenant} and d.id = line.id where d.parent_id is not null
  )
  select from line join departments d on d.tenant_id = ${tenant} and d.id = line.id
  where d.lead_id = ${me} or d.id = (select u.department_id from users u where u.tenant_id = ${tenant} and u.id = ${me}))`

/** Visible through the objective that `column` names; what belongs to a goal is seen by those who see the goal. */
export const visibleThroughObjective = (sight: Sight, column: string): SQL | undefined => {
  const visible = objectiveVisible(sight, 'o')
  return (
    visible &&
    sql`exists (select from objectives o where o.tenant_id = ${tenant} and o.id = ${sql.raw(column)} and ${visible})`
  )
}

/** The same where there may be no objective: then everybody sees it. */
export const visibleThroughOptionalObjective = (sight: Sight, column: string): SQL | undefined => {
  const visible = visibleThroughObjective(sight, column)
  return visible && sql`(${sql.raw(column)} is null or ${visible})`
}

/** Visible through the objective of the key result that `column` names. */
export const visibleThroughKeyResult = (sight: Sight, column: string): SQL | undefined => {
  const visible = objectiveVisible(sight, 'o')
  return (
    visible &&
    sql`exists (select from key_results k join objectives o on o.tenant_id = k.tenant_id and o.id = k.objective_id
      where k.tenant_id = ${tenant} and k.id = ${sql.raw(column)} and ${visible})`
  )
}

/** Visible through the key result of the check-in that `column` names. */
export const visibleThroughCheckIn = (sight: Sight, column: string): SQL | undefined => {
  const visible = visibleThroughKeyResult(sight, 'c.key_result_id')
  return (
    visible &&
    sql`exists (select from check_ins c where c.tenant_id = ${tenant} and c.id = ${sql.raw(column)} and ${visible})`
  )
}

/** An initiative, by its alias, is seen by those who see every goal it names: its members name them all. */
export const initiativeVisible = (sight: Sight, alias: string): SQL | undefined => {
  const visible = objectiveVisible(sight, 'o')
  const v = sql.raw(alias)
  return (
    visible &&
    sql`not exists (select from objectives o where o.tenant_id = ${tenant} and (${visible}) is not true and (
      o.id = ${v}.objective_id or o.id in (select k.objective_id from initiative_key_results i
        join key_results k on k.tenant_id = i.tenant_id and k.id = i.key_result_id
        where i.tenant_id = ${tenant} and i.initiative_id = ${v}.id)))`
  )
}

/** Visible through the initiative that `column` names. */
export const visibleThroughInitiative = (sight: Sight, column: string): SQL | undefined => {
  const visible = initiativeVisible(sight, 'v')
  return (
    visible &&
    sql`exists (select from initiatives v where v.tenant_id = ${tenant} and v.id = ${sql.raw(column)} and ${visible})`
  )
}
