import { type SQL, sql } from 'drizzle-orm'
import type { Context } from '../api/operation.ts'
import { query, run } from '../db/statement.ts'
import type { Column, Columns, Many } from './filter.ts'
import { kept, keptInExtension, type PersonRow } from './person.ts'
import { type Attribute, attributeOf, extensionKey, userType } from './schema.ts'

/** People with what filters and answers need of others. */
export const peopleFrom = sql`users u
  left join departments d on d.tenant_id = u.tenant_id and d.id = u.department_id
  left join users m on m.tenant_id = u.tenant_id and m.id = u.manager_id`

/** Who provisioning knows: everybody, suspended ones too, but who was deprovisioned and has not come back. */
export const knownPeople = ({ actor }: Pick<Context, 'actor'>): SQL =>
  sql`u.tenant_id = ${actor.tenantId} and u.deleted_at is null
    and (u.active or u.scim is null or not u.scim ? 'deprovisionedAt')`

const teamsOf = sql`(select json_agg(json_build_object('value', t.id, 'display', t.name) order by t.id)
  from team_memberships tm join teams t on t.tenant_id = tm.tenant_id and t.id = tm.team_id and t.deleted_at is null
  where tm.tenant_id = u.tenant_id and tm.user_id = u.id and tm.deleted_at is null)`

/** People under a condition, a page of them in an order. */
export const findPeople = (ctx: Context, where: SQL, rest: SQL = sql``): Promise<PersonRow[]> =>
  run<PersonRow>(
    ctx.db,
    sql`select u.id, u.version, u.created_at as "createdAt", u.updated_at as "updatedAt", u.external_id as "externalId",
        u.user_name as "userName", u.display_name as "displayName", u.title, u.time_zone as "timeZone", u.email,
        u.employee_number as "employeeNumber", u.active, u.roles, u.department_id as "departmentId",
        d.name as department, u.manager_id as "managerId", m.display_name as "managerName", u.scim, ${teamsOf} as groups
      from ${peopleFrom} where ${knownPeople(ctx)} and ${where} ${rest}`,
    {},
  )

/** The id of a person named by id, external id or user name, whichever fits first. */
export const idOfPerson = async ({ db, actor }: Context, name: string): Promise<string | undefined> => {
  const rows = await query<{ id: string }>(
    db,
    'scim_person_named',
    `select id from users where tenant_id = $1 and deleted_at is null
       and (id::text = $2 or external_id = $3 or user_name_folded = $2)
     order by id::text = $2 desc, external_id is not distinct from $3 desc limit 1`,
    [actor.tenantId, name.toLowerCase(), name],
  )
  return rows[0]?.id
}

/**
 * Somebody who left under the same name or external id: deprovisioned, or deleted while nobody else carries the
 * external id now. They come back as who they were, with their history.
 */
export const formerPerson = async (
  { db, actor }: Context,
  userName: string,
  externalId: string | null,
): Promise<{ id: string; deleted: boolean } | undefined> => {
  const rows = await query<{ id: string; deleted: boolean }>(
    db,
    'scim_former_person',
    `select id, deleted_at is not null as deleted from users
     where tenant_id = $1 and (
       (deleted_at is null and not active and scim ? 'deprovisionedAt' and (user_name_folded = $2 or external_id = $3))
       or (deleted_at is not null and external_id = $3 and not exists
         (select from users l where l.tenant_id = $1 and l.external_id = $3 and l.deleted_at is null)))
     order by deleted_at nulls first, updated_at desc limit 1`,
    [actor.tenantId, userName.toLowerCase(), externalId],
  )
  return rows[0]
}

const stored = sql`u.scim`
const storedExtension = sql`(u.scim -> ${sql.raw(`'${extensionKey}'`)})`
// Names are those of our own schemas, never a caller's.
const key = (name: string) => sql.raw(`'${name}'`)

const columnOf = (of: SQL, attribute: Attribute): Column => {
  const text = sql`(${of} ->> ${key(attribute.name)})`
  if (attribute.type === 'boolean') return { kind: 'boolean', value: sql`${text}::boolean` }
  return { kind: attribute.caseExact ? 'exact' : 'text', value: text }
}

const columnsIn = (of: SQL, attributes: readonly Attribute[] = []): Record<string, Column> =>
  Object.fromEntries(attributes.map((each) => [each.name.toLowerCase(), columnOf(of, each)]))

const manyOf = (attribute: Attribute, list: SQL): Many => ({
  from: sql`jsonb_array_elements(coalesce(${list}, '[]')) as e (item)`,
  of: columnsIn(sql`e.item`, attribute.subAttributes),
})

const keptColumns = (
  of: SQL,
  attributes: readonly Attribute[],
  names: readonly string[],
  lead = '',
): [string, Column | Many][] =>
  names.flatMap((name): [string, Column | Many][] => {
    const attribute = attributeOf(attributes, name) as Attribute
    const path = `${lead}${name.toLowerCase()}`
    const at = sql`(${of} -> ${key(name)})`
    if (attribute.multiValued) return [[path, manyOf(attribute, at)]]
    if (attribute.type !== 'complex') return [[path, columnOf(of, attribute)]]
    return Object.entries(columnsIn(at, attribute.subAttributes)).map(([sub, column]) => [`${path}.${sub}`, column])
  })

const emails: Many = {
  from: sql`jsonb_array_elements(case when u.scim ? 'emails' then u.scim -> 'emails'
    when u.email is not null then '[{"type": "work", "primary": true}]'::jsonb else '[]' end) as e (item)`,
  of: {
    ...columnsIn(sql`e.item`, attributeOf(userType.schema.attributes, 'emails')?.subAttributes),
    value: { kind: 'text', value: sql`coalesce(e.item ->> 'value', u.email)` },
  },
}

const groups: Many = {
  from: sql`(select t.id::text as id, t.name from team_memberships tm
    join teams t on t.tenant_id = tm.tenant_id and t.id = tm.team_id and t.deleted_at is null
    where tm.tenant_id = u.tenant_id and tm.user_id = u.id and tm.deleted_at is null) g`,
  of: { value: { kind: 'exact', value: sql`g.id` }, display: { kind: 'text', value: sql`g.name` } },
}

const enterprise = `${userType.extension?.id.toLowerCase()}:`
const manager: Column = { kind: 'exact', value: sql`u.manager_id::text` }

/** What people are filtered and sorted by. */
export const userColumns: Columns = {
  id: { kind: 'exact', value: sql`u.id::text` },
  externalid: { kind: 'exact', value: sql`u.external_id` },
  username: { kind: 'folded', value: sql`u.user_name_folded` },
  displayname: { kind: 'text', value: sql`u.display_name` },
  title: { kind: 'text', value: sql`u.title` },
  timezone: { kind: 'text', value: sql`u.time_zone` },
  active: { kind: 'boolean', value: sql`u.active` },
  'meta.created': { kind: 'instant', value: sql`u.created_at` },
  'meta.lastmodified': { kind: 'instant', value: sql`u.updated_at` },
  emails,
  groups,
  roles: { from: sql`unnest(u.roles) as r (role)`, of: { value: { kind: 'text', value: sql`r.role` } } },
  ...Object.fromEntries(keptColumns(stored, userType.schema.attributes, kept)),
  [`${enterprise}employeenumber`]: { kind: 'text', value: sql`u.employee_number` },
  [`${enterprise}department`]: { kind: 'text', value: sql`d.name` },
  [`${enterprise}manager`]: manager,
  [`${enterprise}manager.value`]: manager,
  [`${enterprise}manager.displayname`]: { kind: 'text', value: sql`m.display_name` },
  ...Object.fromEntries(
    keptColumns(storedExtension, userType.extension?.attributes ?? [], keptInExtension, enterprise),
  ),
}
