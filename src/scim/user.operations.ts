import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { applyEntries } from '../api/apply.ts'
import { lockMany } from '../api/find-many.ts'
import { type Context, operation } from '../api/operation.ts'
import { Problem } from '../api/problem.ts'
import { query } from '../db/statement.ts'
import { keepsPeople } from '../modules/directory/directory.rules.ts'
import { teamMembershipWrites } from '../modules/team-memberships/team-membership.writes.ts'
import { user } from '../modules/users/user.resource.ts'
import { userWrites } from '../modules/users/user.writes.ts'
import { readBody } from './body.ts'
import { type ListInput, listInput, listOf, type Source } from './list.ts'
import { patched } from './patch.ts'
import { type PersonRow, personOf, withDisplayName } from './person.ts'
import { userType } from './schema.ts'
import { isId, plain, requireMatch, unversioned } from './transaction.ts'
import { findPeople, knownPeople, peopleFrom, userColumns } from './user.queries.ts'
import { addPerson, changePerson, save } from './user.write.ts'

const source: Source<PersonRow> = {
  type: userType,
  columns: userColumns,
  from: peopleFrom,
  id: sql`u.id`,
  known: knownPeople,
  rows: (ctx, where, rest) => findPeople(ctx, where, rest),
}

const findPerson = async (ctx: Context, id: string): Promise<PersonRow | undefined> =>
  isId(id) ? (await findPeople(ctx, sql`u.id = ${id}`))[0] : undefined

/** The person as they are now and will stay until this write ends. */
const holdPerson = async (ctx: Context, id: string): Promise<PersonRow> => {
  if (isId(id)) await lockMany(ctx, user, [id])
  const row = await findPerson(ctx, id)
  if (!row) throw new Problem('not_found', 'There is no such user')
  requireMatch(ctx, row.version)
  return row
}

const common = { output: z.unknown(), allow: keepsPeople }
const reading = { ...common, scope: 'directory:read' } as const
const writing = { ...common, scope: 'directory:write' } as const
const id = z.string()
const body = z.unknown()

/** What a provisioning client can do with people; each is carried out by the door, as every other operation. */
export const scimUsers = {
  list: operation({
    ...reading,
    name: 'scimListUsers',
    summary: 'List users',
    rest: 'GET /Users',
    input: listInput,
    run: (ctx, input) => listOf(ctx, source, input as ListInput),
  }),
  get: operation({
    ...reading,
    name: 'scimGetUser',
    summary: 'Get one user',
    rest: 'GET /Users/:id',
    input: z.strictObject({ id, whole: z.boolean().default(true) }),
    find: (ctx, { id: wanted }) => findPerson(ctx, wanted),
    run: async (_ctx, _input, row) => row,
  }),
  create: operation({
    ...writing,
    name: 'scimCreateUser',
    summary: 'Add one user',
    rest: 'POST /Users',
    input: z.strictObject({ input: body }),
    run: async (ctx, { input }) => findPerson(ctx, await addPerson(ctx, readBody(userType, input))),
  }),
  replace: operation({
    ...writing,
    name: 'scimReplaceUser',
    summary: 'Replace one user',
    rest: 'PUT /Users/:id',
    input: z.strictObject({ id, input: body }),
    run: async (ctx, { id: wanted, input }) => {
      const row = await holdPerson(ctx, wanted)
      await changePerson(ctx, row, readBody(userType, input))
      return findPerson(ctx, wanted)
    },
  }),
  patch: operation({
    ...writing,
    name: 'scimPatchUser',
    summary: 'Change one user',
    rest: 'PATCH /Users/:id',
    input: z.strictObject({ id, input: body }),
    run: async (ctx, { id: wanted, input }) => {
      const row = await holdPerson(ctx, wanted)
      const before = personOf(row)
      // Roles that are taken away are gone; a whole body that names none leaves them.
      const after = { roles: [], ...patched(userType, before, input) }
      await changePerson(ctx, row, withDisplayName(before, after))
      return findPerson(ctx, wanted)
    },
  }),
  remove: operation({
    ...writing,
    name: 'scimDeleteUser',
    summary: 'Deprovision one user',
    rest: 'DELETE /Users/:id',
    status: 204,
    input: z.strictObject({ id }),
    run: async (ctx, { id: wanted }) => deprovision(ctx, await holdPerson(ctx, wanted)),
  }),
}

/**
 * Takes a person out of their teams and out of provisioning. Who still owns goals or leads others stays as a suspended
 * person, for what they did is history; everybody else is deleted.
 */
const deprovision = async (ctx: Context, row: PersonRow): Promise<void> => {
  const memberships = await query<{ id: string }>(
    ctx.db,
    'scim_memberships_of_person',
    'select id from team_memberships where tenant_id = $1 and user_id = $2 and deleted_at is null order by id',
    [ctx.actor.tenantId, row.id],
  )
  const leaving = memberships.map((each) => ({ delete: true, id: each.id }) as const)
  await applyEntries(unversioned(ctx), plain(teamMembershipWrites), leaving)
  const dependents = (await userWrites.delete.dependents?.(ctx, [row.id])) ?? []
  if (dependents.length === 0) await applyEntries(unversioned(ctx), plain(userWrites), [{ delete: true, id: row.id }])
  else await save(ctx, personOf(row), { update: { active: false }, id: row.id }, { deprovisionedAt: ctx.now })
}
