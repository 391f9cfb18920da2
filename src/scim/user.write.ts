import { applyEntries } from '../api/apply.ts'
import type { Entry } from '../api/entries.ts'
import type { Context } from '../api/operation.ts'
import type { Row } from '../api/store.ts'
import { narrowed } from '../api/writes.ts'
import { query } from '../db/statement.ts'
import { departmentWrites } from '../modules/departments/department.writes.ts'
import { userInputs } from '../modules/users/user.resource.ts'
import { userWrites } from '../modules/users/user.writes.ts'
import { isObject, type Members } from './body.ts'
import { ScimProblem } from './error.ts'
import { keptOf, membersOf } from './person.ts'
import { extensionKey } from './schema.ts'
import { plain, unversioned } from './transaction.ts'
import { formerPerson, idOfPerson } from './user.queries.ts'

/** Adds a person, or brings back one who left under the same name or external id. Answers the id. */
export const addPerson = async (ctx: Context, person: Members): Promise<string> => {
  const members = narrowed(userInputs.create, await inputOf(ctx, person, null))
  const { userName, externalId } = members as { userName: string; externalId: string | null }
  const former = await formerPerson(ctx, userName, externalId)
  // Roles of somebody who comes back are those they left with, unless the client says otherwise.
  const { roles, ...rest } = members
  const returning = 'roles' in person ? { ...rest, roles } : rest
  if (!former) return save(ctx, person, { create: members })
  return save(ctx, person, former.deleted ? { upsert: returning } : { update: returning, id: former.id })
}

/** Gives a person the members of `person`: what it leaves out is taken away, but for `active` and `roles`. */
export const changePerson = async (
  ctx: Context,
  row: { id: string; departmentId: string | null },
  person: Members,
): Promise<void> => {
  const members = narrowed(userInputs.update, await inputOf(ctx, person, row.departmentId))
  await save(ctx, person, { update: members, id: row.id })
}

/** The derived write of a person, by the rules of every other, with what columns do not hold beside it. */
export const save = async (
  ctx: Context,
  person: Members,
  entry: Entry,
  more: Members | null = null,
): Promise<string> => {
  const kept = keptOf(person)
  const scim = more ? { ...kept, ...more } : kept
  const writes = {
    ...userWrites,
    toRow: async (input: Row, before: never, of: Context) => ({
      ...(await userWrites.toRow?.(input, before, of)),
      scim,
    }),
  }
  const [change] = await applyEntries(unversioned(ctx), plain(writes), [entry])
  return change?.after['id'] as string
}

const inputOf = async (ctx: Context, person: Members, departmentId: string | null): Promise<Row> => {
  const extension = person[extensionKey]
  const { department, manager } = isObject(extension) ? extension : ({} as Members)
  const name = isObject(manager) ? manager['value'] : undefined
  return {
    ...membersOf(person),
    departmentId: typeof department === 'string' ? await departmentNamed(ctx, department, departmentId) : null,
    managerId: typeof name === 'string' ? await managerNamed(ctx, name) : null,
  }
}

const managerNamed = async (ctx: Context, name: string): Promise<string> => {
  const id = await idOfPerson(ctx, name)
  if (!id) throw new ScimProblem('invalidValue', `manager: there is nobody of the id ${name.slice(0, 100)}`)
  return id
}

/** The department of a name, the person's own before others of that name; made where there is none. */
const departmentNamed = async (ctx: Context, name: string, current: string | null): Promise<string> => {
  const known = await findDepartment(ctx, name, current)
  if (known) return known
  // Two clients that bring the same new department make one of it.
  await query(ctx.db, 'scim_department_lock', 'select pg_advisory_xact_lock(hashtextextended($1, 0))', [
    `${ctx.actor.tenantId} scim departments`,
  ])
  const meanwhile = await findDepartment(ctx, name, current)
  if (meanwhile) return meanwhile
  const create = narrowed(departmentWrites.create.input, { name })
  const [change] = await applyEntries(unversioned(ctx), plain(departmentWrites), [{ create }])
  return change?.after['id'] as string
}

const findDepartment = async ({ db, actor }: Context, name: string, current: string | null) => {
  const rows = await query<{ id: string }>(
    db,
    'scim_department_named',
    `select id from departments where tenant_id = $1 and lower(name) = lower($2) and deleted_at is null
     order by id is not distinct from $3 desc, id limit 1`,
    [actor.tenantId, name.trim(), current],
  )
  return rows[0]?.id
}
