import type { Context } from '../../api/operation.ts'
import { inputProblem } from '../../api/problem.ts'
import type { Change, Creatable } from '../../api/writes.ts'
import { objectiveDependents } from '../goals/goal.dependents.ts'
import { mayChangeObjective } from '../goals/goal.rules.ts'
import { daysInOrder, judgeTransition } from '../goals/goal.states.ts'
import { lockForWrite, rescoreAfter } from '../goals/goal.write.ts'
import { createObjectiveInput, judgeCustom, objectiveRow, updateObjectiveInput } from './objective.input.ts'
import { deleteKeyResultsOf, restoreKeyResultsOf } from './objective.queries.ts'
import { requireContributors, requireOwner } from './objective.references.ts'
import { objective } from './objective.resource.ts'
import type { objectives } from './objective.table.ts'

type Objective = typeof objectives.$inferSelect

const judge = async (ctx: Context, { before, after }: Change<Objective>): Promise<void> => {
  if (before) judgeTransition(before.state, after.state)
  if (!daysInOrder(after.startsOn, after.dueOn))
    throw inputProblem('invalid_input', '/dueOn', 'the last day is before the first')
  if (before?.custom !== after.custom) await judgeCustom(ctx, after.custom)
  await requireOwner(ctx, before, after)
  await requireContributors(ctx, before, after)
}

/** Key results go and come back with their objective; then the goals above are brought up to date. */
const settle = async (ctx: Context, changes: Change<Objective>[]): Promise<void> => {
  const deleted = changes.filter(({ before, after }) => before?.deletedAt === null && after.deletedAt !== null)
  const restored = changes.filter(({ before, after }) => before?.deletedAt && after.deletedAt === null)
  if (deleted.length > 0)
    await deleteKeyResultsOf(
      ctx,
      deleted.map(({ after }) => after),
    )
  if (restored.length > 0)
    await restoreKeyResultsOf(
      ctx,
      restored.map(({ before }) => before as Objective),
    )
  await rescoreAfter(ctx, 'objective', changes, ({ after }) => after.id)
}

/** How objectives are written, here and by whatever makes them from something else. */
export const objectiveWrites: Creatable<Objective> = {
  resource: objective,
  create: { input: createObjectiveInput, allow: mayChangeObjective },
  update: { input: updateObjectiveInput, allow: mayChangeObjective },
  delete: { allow: mayChangeObjective, dependents: objectiveDependents },
  toRow: objectiveRow,
  lock: (ctx, { ids, inputs }) =>
    lockForWrite(ctx, {
      objectiveIds: ids,
      cycleIds: inputs.flatMap(({ cycleId }) => (typeof cycleId === 'string' ? [cycleId] : [])),
    }),
  judge,
  settle,
}
