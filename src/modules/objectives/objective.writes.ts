import { pointerOf } from '../../api/located.ts'
import type { Context } from '../../api/operation.ts'
import { inputProblem } from '../../api/problem.ts'
import type { Change, Creatable } from '../../api/writes.ts'
import { objectiveDependents } from '../goals/goal.dependents.ts'
import { requireOwner } from '../goals/goal.owner.ts'
import { mayChangeObjective } from '../goals/goal.rules.ts'
import { daysInOrder, judgeTransition } from '../goals/goal.states.ts'
import { lockForWrite, rescoreAfter } from '../goals/goal.write.ts'
import { isMoreVisible, requireUnexposedGoals } from '../kpis/kpi.exposure.ts'
import { shareKpis } from '../kpis/kpi.lock.ts'
import { requireAddedKpis } from '../kpis/kpi.sight.ts'
import { judgeCustom, objectiveRow } from './objective.input.ts'
import {
  deleteAlignmentsOf,
  deleteKeyResultsOf,
  keyResultsOf,
  restoreAlignmentsOf,
  restoreKeyResultsOf,
  supportedBy,
} from './objective.queries.ts'
import { requireContributors, requireTemplate } from './objective.references.ts'
import { objective, objectiveInputs } from './objective.resource.ts'
import type { objectives } from './objective.table.ts'

type Objective = typeof objectives.$inferSelect

const judge = async (ctx: Context, { before, after }: Change<Objective>): Promise<void> => {
  if (before) judgeTransition(before.state, after.state)
  if (!daysInOrder(after.startsOn, after.dueOn))
    throw inputProblem('invalid_input', '/dueOn', 'the last day is before the first')
  if (before?.custom !== after.custom) await judgeCustom(ctx, after.custom)
  await requireOwner(ctx, before, after)
  await requireContributors(ctx, before, after)
  await requireAddedKpis(ctx, '/watchedKpiIds', before?.watchedKpiIds, after.watchedKpiIds)
  await requireTemplate(ctx, before, after)
}

/** Key results and alignments go and come back with their objective; then the goals above are brought up to date. */
const settle = async (ctx: Context, changes: Change<Objective>[], count: number): Promise<void> => {
  const deleted = changes.filter(({ before, after }) => before?.deletedAt === null && after.deletedAt !== null)
  const restored = changes.filter(({ before, after }) => before?.deletedAt && after.deletedAt === null)
  const [gone, back] = [deleted.map(({ after }) => after), restored.map(({ before }) => before as Objective)]
  if (gone.length > 0) await deleteKeyResultsOf(ctx, gone)
  if (back.length > 0) {
    await restoreKeyResultsOf(ctx, back)
    await restoreAlignmentsOf(ctx, back)
  }
  const shown = changes.filter(isShownOtherwise).map(({ after }) => after.id)
  const placeOf = pointerOf(changes, count, '/visibility')
  await requireUnexposedGoals(ctx, { objectiveIds: shown }, ({ objectiveId }) => placeOf(objectiveId))
  const ids = changes.filter(isJudgedOtherwise).map(({ after }) => after.id)
  const rejudged = ids.length > 0 ? await keyResultsOf(ctx, ids) : []
  // The way up leads along what counts. What only supports may still decide why nothing counts.
  const beside = await supportedBy(
    ctx,
    [...gone, ...back].map(({ id }) => id),
  )
  await rescoreAfter(ctx, 'objective', changes, ({ after }) => after.id, rejudged, beside)
  // Last, because they are the way up to the goals in which it counts no more.
  if (gone.length > 0) await deleteAlignmentsOf(ctx, gone)
}

/** Key results inherit their days and commitment; what changed elsewhere while they were deleted is caught up with, too. */
const isJudgedOtherwise = ({ before, after }: Change<Objective>): boolean =>
  before !== null &&
  after.deletedAt === null &&
  (['commitment', 'cycleId', 'startsOn', 'dueOn', 'deletedAt'] as const).some((key) => before[key] !== after[key])

/** Others may see it, with its key results, than saw it before. */
const isShownOtherwise = ({ before, after }: Change<Objective>): boolean =>
  before !== null &&
  after.deletedAt === null &&
  (isMoreVisible(after.visibility, before.visibility) ||
    (['ownerUserId', 'ownerTeamId', 'ownerDepartmentId', 'deletedAt'] as const).some(
      (key) => before[key] !== after[key],
    ))

/** How objectives are written, here and by whatever makes them from something else. */
export const objectiveWrites: Creatable<Objective> = {
  resource: objective,
  create: { input: objectiveInputs.create, allow: mayChangeObjective },
  update: { input: objectiveInputs.update, allow: mayChangeObjective },
  delete: { allow: mayChangeObjective, dependents: objectiveDependents },
  toRow: objectiveRow,
  lock: (ctx, { ids, inputs }) => {
    // Its key results may come back with it.
    shareKpis(ctx, { objectiveIds: ids })
    return lockForWrite(ctx, {
      objectiveIds: ids,
      cycleIds: inputs.flatMap(({ cycleId }) => (typeof cycleId === 'string' ? [cycleId] : [])),
    })
  },
  judge,
  settle,
}
