import { z } from 'zod'
import { requireScope } from '../../api/execute.ts'
import { id, instant } from '../../api/fields.ts'
import { type Context, operation } from '../../api/operation.ts'
import { findOne } from '../../api/reads.ts'
import type { Row } from '../../api/store.ts'
import { hasRole } from '../../auth/rules.ts'
import { keepsPeople } from '../directory/directory.rules.ts'
import { user } from '../users/user.resource.ts'
import { erasePerson } from './erasure.ts'
import { dataExport, exportOf } from './export.build.ts'

const find = (ctx: Context, input: { id: string }): Promise<Row | undefined> => findOne(ctx, user, input.id)

/** The person, HR, and machines; an export reads everything, so it takes every scope it reads by. */
const mayExport = async (ctx: Context, person: Row): Promise<boolean> => {
  const { actor } = ctx
  if (actor.userId !== person['id'] && !(await hasRole('hr', 'integration')(ctx, person))) return false
  for (const scope of ['okr:read', 'review:read'] as const) requireScope({ scope }, actor)
  return true
}

/** Who keeps people; of those who hold a guarded role only administrators, as for the role itself. */
const mayErase = async (ctx: Context, person: Row): Promise<boolean> => {
  if (!(await keepsPeople(ctx, person))) return false
  const isGuarded = (person['roles'] as string[]).some((role) => role === 'admin' || role === 'hr')
  return !isGuarded || ctx.actor.roles.includes('admin')
}

export const privacyOperations = [
  operation({
    name: 'userDataExport',
    tag: 'User',
    summary: 'Get everything that is kept about one person',
    rest: 'GET /users/:id/data-export',
    scope: 'directory:read',
    // A file for a person, as large as it is.
    surfaces: ['rest'],
    input: z.strictObject({ id }),
    output: dataExport,
    auditsReads: ({ actor }, _output, input) => (input.id === actor.userId ? [] : [input.id]),
    find,
    allow: mayExport,
    run: (ctx, _input, person) => exportOf(ctx, person),
  }),
  operation({
    name: 'eraseUser',
    tag: 'User',
    summary: 'Erase what tells who a person was; numbers and the record of the work stay',
    rest: 'POST /users/:id/erasure',
    status: 200,
    scope: 'directory:write',
    input: z.strictObject({ id }),
    output: z
      .strictObject({ userId: id, erasedAt: instant, feedback: z.int(), reviews: z.int(), comments: z.int() })
      .meta({ id: 'Erasure', description: 'How many rows lost what was said in words.' }),
    find,
    allow: mayErase,
    run: async (ctx, input) => ({
      userId: input.id,
      erasedAt: ctx.now,
      ...(await erasePerson(ctx, input.id)),
    }),
  }),
]
