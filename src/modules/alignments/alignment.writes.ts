import type { Context } from '../../api/operation.ts'
import { inputProblem, Problem } from '../../api/problem.ts'
import type { Change, Creatable } from '../../api/writes.ts'
import { requireAcyclic } from '../goals/goal.paths.ts'
import { mayChangeObjectiveOf } from '../goals/goal.rules.ts'
import { lockForWrite, rescoreAfter } from '../goals/goal.write.ts'
import { objectiveOfKeyResult, touchedBy } from './alignment.queries.ts'
import { alignment, alignmentInputs } from './alignment.resource.ts'
import type { alignments } from './alignment.table.ts'

type Alignment = typeof alignments.$inferSelect

/** Whoever may change the child may align it; to let it count in the parent takes the right to change the parent too. */
const mayAlign = async (ctx: Context, row: Alignment): Promise<boolean> => {
  if (!(await mayChangeObjectiveOf(ctx, row.childObjectiveId))) return false
  return row.relation === 'supports' || mayChangeObjectiveOf(ctx, await parentOf(ctx, row))
}

const parentOf = async (
  ctx: Context,
  { parentObjectiveId: parent, parentKeyResultId: viaKeyResult }: Alignment,
): Promise<string> => {
  if ((parent === null) === (viaKeyResult === null)) {
    throw inputProblem('invalid_input', '/parentObjectiveId', 'align to one parent: an objective or a key result')
  }
  const objectiveId = parent ?? (await objectiveOfKeyResult(ctx, viaKeyResult as string))
  if (!objectiveId)
    throw inputProblem('reference_not_found', '/parentKeyResultId', `there is no KeyResult ${String(viaKeyResult)}`)
  return objectiveId
}

/** The parents before and after are scored anew, with everything above them. */
const settle = async (ctx: Context, changes: Change<Alignment>[]): Promise<void> => {
  const live = changes.filter(({ after }) => after.deletedAt === null)
  await requireAcyclic(ctx, { objectiveIds: live.map(({ after }) => after.childObjectiveId) })
  const parents = new Map<Change<Alignment>, string>()
  for (const change of changes) parents.set(change, await parentOf(ctx, change.after))
  const moved = changes.flatMap((change) =>
    change.before
      ? [{ ...change, after: { ...change.before, id: change.after.id, deletedAt: change.after.deletedAt } }]
      : [],
  )
  for (const change of moved) parents.set(change, await parentOf(ctx, change.after))
  await rescoreAfter(ctx, 'alignment', [...changes, ...moved], (change) => parents.get(change) as string)
}

/** How alignments are written, here and by whatever makes them from something else. */
export const alignmentWrites: Creatable<Alignment> = {
  resource: alignment,
  create: { input: alignmentInputs.create, allow: mayAlign },
  update: { input: alignmentInputs.update, allow: mayAlign },
  delete: { allow: mayAlign },
  lock: async (ctx, { ids, inputs }) => lockForWrite(ctx, await touchedBy(ctx, ids, inputs)),
  judge: (_ctx, { after }) => {
    if ((after.parentObjectiveId === null) === (after.parentKeyResultId === null)) {
      throw inputProblem('invalid_input', '/parentObjectiveId', 'align to one parent: an objective or a key result')
    }
    if (after.childObjectiveId === after.parentObjectiveId)
      throw new Problem('alignment_cycle', 'An objective cannot be aligned to itself')
  },
  settle,
}
