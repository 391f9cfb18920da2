import { type SQL, sql } from 'drizzle-orm'
import type { Context } from '../api/operation.ts'
import { query, run } from '../db/statement.ts'
import type { Columns } from './filter.ts'

/** A team as provisioning sees it; `members` only where they were asked for. */
export type GroupRow = {
  id: string
  /** Moves with every change of the team and of who is in it. */
  version: number
  createdAt: string
  updatedAt: string
  externalId: string | null
  name: string
  members?: { value: string; display: string }[] | null
}

/** Teams with what ever happened to their memberships: each made, deleted or restored one adds to the sum. */
export const teamsFrom = ({ actor }: Pick<Context, 'actor'>): SQL =>
  sql`teams t left join (
    select team_id, sum(version)::int as moves, max(updated_at) as moved_at
    from team_memberships where tenant_id = ${actor.tenantId} group by team_id
  ) h on h.team_id = t.id`

export const knownTeams = ({ actor }: Pick<Context, 'actor'>): SQL =>
  sql`t.tenant_id = ${actor.tenantId} and t.deleted_at is null`

const membersOf = sql`(select json_agg(json_build_object('value', u.id, 'display', u.display_name) order by u.id)
  from team_memberships tm join users u on u.tenant_id = tm.tenant_id and u.id = tm.user_id and u.deleted_at is null
  where tm.tenant_id = t.tenant_id and tm.team_id = t.id and tm.deleted_at is null)`

/** Teams under a condition, a page of them in an order. */
export const findGroups = (ctx: Context, where: SQL, withMembers: boolean, rest: SQL = sql``): Promise<GroupRow[]> =>
  run<GroupRow>(
    ctx.db,
    sql`select t.id, t.version + coalesce(h.moves, 0) as version, t.created_at as "createdAt",
        greatest(t.updated_at, h.moved_at) as "updatedAt", t.external_id as "externalId", t.name
        ${withMembers ? sql`, ${membersOf} as members` : sql``}
      from ${teamsFrom(ctx)} where ${knownTeams(ctx)} and ${where} ${rest}`,
    {},
  )

/** The live memberships of a team, by person. */
export const membershipsOf = async ({ db, actor }: Context, teamId: string): Promise<Map<string, string>> => {
  const rows = await query<{ id: string; user_id: string }>(
    db,
    'scim_memberships_of_team',
    'select id, user_id from team_memberships where tenant_id = $1 and team_id = $2 and deleted_at is null order by id',
    [actor.tenantId, teamId],
  )
  return new Map(rows.map(({ id, user_id }) => [user_id, id]))
}

/** What teams are filtered and sorted by. */
export const groupColumns: Columns = {
  id: { kind: 'exact', value: sql`t.id::text` },
  externalid: { kind: 'exact', value: sql`t.external_id` },
  displayname: { kind: 'text', value: sql`t.name` },
  'meta.created': { kind: 'instant', value: sql`t.created_at` },
  'meta.lastmodified': { kind: 'instant', value: sql`greatest(t.updated_at, h.moved_at)` },
  members: {
    from: sql`(select u.id::text as id, u.display_name from team_memberships tm
      join users u on u.tenant_id = tm.tenant_id and u.id = tm.user_id and u.deleted_at is null
      where tm.tenant_id = t.tenant_id and tm.team_id = t.id and tm.deleted_at is null) e`,
    of: {
      value: { kind: 'exact', value: sql`e.id` },
      display: { kind: 'text', value: sql`e.display_name` },
      type: { kind: 'text', value: sql`'User'::text` },
    },
  },
}
