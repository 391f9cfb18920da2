import { isDeepStrictEqual } from 'node:util'
import { findMany } from '../../api/find-many.ts'
import type { Context } from '../../api/operation.ts'
import { inputProblem, Problem } from '../../api/problem.ts'
import { reads } from '../../api/reads.ts'
import { type Change, writes } from '../../api/writes.ts'
import { rescore } from '../goals/goal.rescore.ts'
import { mayChangeEvery, mayChangeObjective, mayChangeSome, type Named } from '../goals/goal.rules.ts'
import { daysInOrder } from '../goals/goal.states.ts'
import { heldBy, lockForWrite } from '../goals/goal.write.ts'
import { keyResult } from '../key-results/key-result.resource.ts'
import { requireAddedKpis } from '../kpis/kpi.sight.ts'
import { createInitiativeInput, initiativeRow, updateInitiativeInput } from './initiative.input.ts'
import { measuredByInitiatives, saveKeyResultIds, touchedBy } from './initiative.queries.ts'
import { initiative } from './initiative.resource.ts'
import type { initiatives } from './initiative.table.ts'

type Initiative = typeof initiatives.$inferSelect

const goalsOf = ({ objectiveId, keyResultIds }: Initiative): Required<Named> => ({
  objectiveIds: objectiveId ? [objectiveId] : [],
  keyResultIds,
})

const namesNone = ({ objectiveId, keyResultIds }: Initiative): boolean =>
  objectiveId === null && keyResultIds.length === 0

/** Work that serves no goal yet is for its owner, and for the managers of the owner's line. */
const mayChangeOwned = (ctx: Context, { ownerId }: Initiative) =>
  mayChangeObjective(ctx, { ownerUserId: ownerId, ownerTeamId: null, ownerDepartmentId: null })

const mayCreate = (ctx: Context, row: Initiative) =>
  namesNone(row) ? mayChangeOwned(ctx, row) : mayChangeEvery(ctx, goalsOf(row))

/** Its owner carries it out; whoever answers for one of its goals may change it too. */
const mayChange = async (ctx: Context, row: Initiative): Promise<boolean> =>
  (await mayChangeOwned(ctx, row)) || mayChangeSome(ctx, goalsOf(row))

const judge = async (ctx: Context, { before, after }: Change<Initiative>): Promise<void> => {
  if (!daysInOrder(after.startsOn, after.dueOn))
    throw inputProblem('invalid_input', '/dueOn', 'the last day is before the first')
  await requireAddedKpis(ctx, '/kpiIds', before?.kpiIds, after.kpiIds)
  const ids = after.keyResultIds.filter((id) => !before?.keyResultIds.includes(id))
  const known = (await findMany(ctx, keyResult, ids)).filter(({ deletedAt }) => deletedAt === null)
  const missing = ids.find((id) => !known.some((row) => row['id'] === id))
  if (missing) {
    const at = after.keyResultIds.indexOf(missing)
    throw inputProblem('reference_not_found', `/keyResultIds/${at}`, `there is no KeyResult ${missing}`)
  }
  if (before && !(await mayChangeEvery(ctx, newlyCounted(before, after, ids)))) throw new Problem('forbidden')
}

/** Goals an edit makes it count in, or count differently: their owners have to agree, not only its own. */
const newlyCounted = (before: Initiative, after: Initiative, keyResultIds: readonly string[]): Named => {
  if (before.weight !== after.weight) return goalsOf(after)
  return {
    objectiveIds: after.objectiveId && after.objectiveId !== before.objectiveId ? [after.objectiveId] : [],
    keyResultIds,
  }
}

/** The goals it counts in, before and after, are scored anew, with everything above them. */
const settle = async (ctx: Context, changes: Change<Initiative>[]): Promise<void> => {
  const moved = changes.filter(({ before, after }) => !isDeepStrictEqual(before?.keyResultIds, after.keyResultIds))
  await saveKeyResultIds(
    ctx,
    moved.map(({ after }) => after),
  )
  const named = changes.flatMap(({ before, after }) => [after, ...(before ? [before] : [])].map(goalsOf))
  const objectiveIds = [...new Set(named.flatMap((goals) => goals.objectiveIds))]
  const keyResultIds = await measuredByInitiatives(ctx, [...new Set(named.flatMap((goals) => goals.keyResultIds))])
  if (objectiveIds.length + keyResultIds.length === 0) return
  const cause = { type: 'initiative', id: changes[0]?.after.id ?? '' }
  await rescore(ctx, heldBy(ctx), { objectiveIds, keyResultIds }, () => cause)
}

export const initiativeOperations = [
  ...reads(initiative),
  ...writes<Initiative>({
    resource: initiative,
    create: { input: createInitiativeInput, allow: mayCreate },
    update: { input: updateInitiativeInput, allow: mayChange },
    delete: { allow: mayChange },
    lock: async (ctx, { ids, inputs }) => lockForWrite(ctx, await touchedBy(ctx, ids, inputs)),
    toRow: initiativeRow,
    judge,
    settle,
  }),
]
