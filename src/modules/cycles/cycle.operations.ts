import { isDeepStrictEqual } from 'node:util'
import type { Context } from '../../api/operation.ts'
import { inputProblem, Problem } from '../../api/problem.ts'
import { reads } from '../../api/reads.ts'
import { type Change, writes } from '../../api/writes.ts'
import { hasRole } from '../../auth/rules.ts'
import { query } from '../../db/statement.ts'
import { dayNumber } from '../../scoring/index.ts'
import { dependentsOf } from '../directory/directory.queries.ts'
import { heldBy, lockForWrite, rescoreCycles } from '../goals/goal.write.ts'
import { judgeBands } from '../organization/organization.policy.ts'
import { cycle, cycleInputs } from './cycle.resource.ts'
import type { cycles } from './cycle.table.ts'

type Cycle = typeof cycles.$inferSelect

const keepsCycles = hasRole('admin', 'integration')

/** Days. Periods and days of a cycle are counted through, so its length has an end. */
const longestCycle = 10 * 366

const judge = async (ctx: Context, { before, after }: Change<Cycle>): Promise<void> => {
  if (after.endsOn < after.startsOn) throw inputProblem('invalid_input', '/endsOn', 'the last day is before the first')
  if (dayNumber(after.endsOn) - dayNumber(after.startsOn) > longestCycle)
    throw inputProblem('invalid_input', '/endsOn', 'more than ten years')
  judgeBands(after.policy)
  if (before?.state === 'closed' && after.state !== 'closed')
    throw new Problem('invalid_transition', 'A closed cycle stays closed')
  if (before && before.state !== 'closed' && after.state === 'closed')
    throw new Problem('invalid_transition', 'A cycle is closed with its objectives: POST /cycles/:id/close')
  if (before) return
  const parent = after.parentId ? await parentOf(ctx, after.parentId) : undefined
  after.rootId = parent?.rootId ?? after.id
}

const parentOf = async ({ db, actor }: Context, id: string): Promise<{ rootId: string } | undefined> => {
  const rows = await query<{ rootId: string }>(
    db,
    'cycle_root',
    'select root_id as "rootId" from cycles where tenant_id = $1 and id = $2',
    [actor.tenantId, id],
  )
  return rows[0]
}

/** A sub-cycle lies within the days of its parent, whichever of both was moved. 422 `invalid_input`. */
const requireInside = async ({ db, actor }: Context, changes: readonly Change<Cycle>[]): Promise<void> => {
  const moved = changes.filter(
    ({ before, after }) =>
      before?.startsOn !== after.startsOn || before.endsOn !== after.endsOn || before.deletedAt !== after.deletedAt,
  )
  if (moved.length === 0) return
  const [outside] = await query<{ name: string; early: boolean }>(
    db,
    'cycles_outside_their_parent',
    `select c.name, c.starts_on < p.starts_on as early from cycles c
     join cycles p on p.tenant_id = $1 and p.id = c.parent_id and p.deleted_at is null
     where c.tenant_id = $1 and c.deleted_at is null and (c.id = any($2) or c.parent_id = any($2))
       and (c.starts_on < p.starts_on or c.ends_on > p.ends_on) limit 1`,
    [actor.tenantId, moved.map(({ after }) => after.id)],
  )
  if (outside)
    throw inputProblem(
      'invalid_input',
      outside.early ? '/startsOn' : '/endsOn',
      `${outside.name} would lie outside the cycle it is part of`,
    )
}

/** What the goals of a cycle are judged by; another name or state leads to no other score. */
const judgedBy = ['startsOn', 'endsOn', 'policy'] as const

const isJudgedAnew = ({ before, after }: Change<Cycle>): boolean =>
  before !== null && judgedBy.some((key) => !isDeepStrictEqual(before[key], after[key]))

/** A root cycle gets its goal graph; a change of days or policy moves every score in the cycle. */
const settle = async (ctx: Context, changes: Change<Cycle>[]): Promise<void> => {
  const roots = changes.filter(({ before, after }) => before === null && after.rootId === after.id)
  if (roots.length > 0) {
    await query(
      ctx.db,
      'goal_graphs_create',
      'insert into goal_graphs (tenant_id, id, last_recorded_at) select $1, id, $3 from unnest($2::uuid[]) as root (id)',
      [ctx.actor.tenantId, roots.map(({ after }) => after.id), ctx.now],
    )
  }
  await requireInside(ctx, changes)
  const [first, ...others] = changes.filter(isJudgedAnew).map(({ after }) => after.id)
  if (first) await rescoreCycles(ctx, heldBy(ctx), [first, ...others], { type: 'cycle', id: first })
}

export const cycleOperations = [
  ...reads(cycle),
  ...writes<Cycle>({
    resource: cycle,
    create: { input: cycleInputs.create, allow: keepsCycles },
    update: { input: cycleInputs.update, allow: keepsCycles },
    delete: {
      allow: keepsCycles,
      dependents: (ctx, ids) =>
        dependentsOf(ctx, ids, ['cycles.parent_id', 'objectives.cycle_id', 'retrospectives.cycle_id']),
    },
    lock: (ctx, { ids }) => lockForWrite(ctx, { cycleIds: ids }),
    judge,
    settle,
  }),
]
