import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { lockMany } from '../api/find-many.ts'
import { type Context, operation } from '../api/operation.ts'
import { Problem } from '../api/problem.ts'
import { keepsPeople } from '../modules/directory/directory.rules.ts'
import { team } from '../modules/teams/team.resource.ts'
import { readBody } from './body.ts'
import { findGroups, type GroupRow, groupColumns, knownTeams, membershipsOf, teamsFrom } from './group.queries.ts'
import { addGroup, changeGroup, groupOf, patchedGroup, removeGroup } from './group.write.ts'
import { type ListInput, listInput, listOf, type Source } from './list.ts'
import { groupType } from './schema.ts'
import { isId, requireMatch } from './transaction.ts'

const sourceOf = (ctx: Context): Source<GroupRow> => ({
  type: groupType,
  columns: groupColumns,
  from: teamsFrom(ctx),
  id: sql`t.id`,
  known: knownTeams,
  rows: (of, where, rest, input) => findGroups(of, where, input.whole, rest),
})

const findGroup = async (ctx: Context, id: string, whole = true): Promise<GroupRow | undefined> =>
  isId(id) ? (await findGroups(ctx, sql`t.id = ${id}`, whole))[0] : undefined

/** The group as it is now and will stay until this write ends. */
const holdGroup = async (ctx: Context, id: string): Promise<GroupRow> => {
  if (isId(id)) await lockMany(ctx, team, [id])
  const row = await findGroup(ctx, id)
  if (!row) throw new Problem('not_found', 'There is no such group')
  requireMatch(ctx, row.version)
  return row
}

const common = { output: z.unknown(), allow: keepsPeople }
const reading = { ...common, scope: 'directory:read' } as const
const writing = { ...common, scope: 'directory:write' } as const
const id = z.string()
const whole = z.boolean().default(true)
const body = z.unknown()

/** What a provisioning client can do with teams. */
export const scimGroups = {
  list: operation({
    ...reading,
    name: 'scimListGroups',
    summary: 'List groups',
    rest: 'GET /Groups',
    input: listInput,
    run: (ctx, input) => listOf(ctx, sourceOf(ctx), input as ListInput),
  }),
  get: operation({
    ...reading,
    name: 'scimGetGroup',
    summary: 'Get one group',
    rest: 'GET /Groups/:id',
    input: z.strictObject({ id, whole }),
    find: (ctx, input) => findGroup(ctx, input.id, input.whole),
    run: async (_ctx, _input, row) => row,
  }),
  create: operation({
    ...writing,
    name: 'scimCreateGroup',
    summary: 'Add one group',
    rest: 'POST /Groups',
    input: z.strictObject({ input: body, whole }),
    run: async (ctx, { input, whole: asWhole }) =>
      findGroup(ctx, await addGroup(ctx, groupOf(readBody(groupType, input))), asWhole),
  }),
  replace: operation({
    ...writing,
    name: 'scimReplaceGroup',
    summary: 'Replace one group',
    rest: 'PUT /Groups/:id',
    input: z.strictObject({ id, input: body, whole }),
    run: async (ctx, { id: wanted, input, whole: asWhole }) => {
      await holdGroup(ctx, wanted)
      await changeGroup(ctx, wanted, await membershipsOf(ctx, wanted), groupOf(readBody(groupType, input)))
      return findGroup(ctx, wanted, asWhole)
    },
  }),
  patch: operation({
    ...writing,
    name: 'scimPatchGroup',
    summary: 'Change one group',
    rest: 'PATCH /Groups/:id',
    input: z.strictObject({ id, input: body, whole }),
    run: async (ctx, { id: wanted, input, whole: asWhole }) => {
      const row = await holdGroup(ctx, wanted)
      const memberships = await membershipsOf(ctx, wanted)
      await changeGroup(ctx, wanted, memberships, patchedGroup(row, new Set(memberships.keys()), input))
      return findGroup(ctx, wanted, asWhole)
    },
  }),
  remove: operation({
    ...writing,
    name: 'scimDeleteGroup',
    summary: 'Delete one group',
    rest: 'DELETE /Groups/:id',
    status: 204,
    input: z.strictObject({ id }),
    run: async (ctx, { id: wanted }) => removeGroup(ctx, (await holdGroup(ctx, wanted)).id),
  }),
}
