import { pointerOf } from '../../api/located.ts'
import type { Change, Creatable } from '../../api/writes.ts'
import { anyOf } from '../../auth/rules.ts'
import { query } from '../../db/statement.ts'
import { keyResultDependents, requireUnlinked } from '../goals/goal.dependents.ts'
import { mayChangeObjectiveOf } from '../goals/goal.rules.ts'
import { judgeTransition } from '../goals/goal.states.ts'
import { lockForWrite, rescoreAfter } from '../goals/goal.write.ts'
import { requireUnexposedGoals } from '../kpis/kpi.exposure.ts'
import { shareKpis } from '../kpis/kpi.lock.ts'
import { judgeRevision, recordRevisions } from '../revisions/revision.record.ts'
import { createKeyResultInput, keyResultRow, updateKeyResultInput } from './key-result.input.ts'
import { judgeDefinition } from './key-result.judge.ts'
import { keyResult } from './key-result.resource.ts'
import type { keyResults } from './key-result.table.ts'

type KeyResult = typeof keyResults.$inferSelect

/** Whoever may change the objective; a member also what they own themselves. */
const mayChange = anyOf<KeyResult>(
  ({ actor }, { ownerId }) => actor.userId !== null && actor.userId === ownerId && actor.roles.includes('member'),
  (ctx, { objectiveId }) => mayChangeObjectiveOf(ctx, objectiveId),
)

/** How key results are written, here and by whatever makes them from something else. */
export const keyResultWrites: Creatable<KeyResult> = {
  resource: keyResult,
  create: { input: createKeyResultInput, allow: (ctx, { objectiveId }) => mayChangeObjectiveOf(ctx, objectiveId) },
  update: { input: updateKeyResultInput, allow: mayChange },
  delete: { allow: mayChange, dependents: keyResultDependents },
  lock: (ctx, { ids, inputs }) => {
    shareKpis(ctx, {
      keyResultIds: ids,
      kpiIds: inputs.flatMap(({ kpiId }) => (typeof kpiId === 'string' ? [kpiId] : [])),
    })
    return lockForWrite(ctx, {
      keyResultIds: ids,
      objectiveIds: inputs.flatMap(({ objectiveId }) => (typeof objectiveId === 'string' ? [objectiveId] : [])),
    })
  },
  toRow: async (input, before, ctx) =>
    keyResultRow(input, before, before || input['cadence'] ? '' : await defaultCadence(ctx)),
  judge: async (ctx, change) => {
    const { before, after } = change
    if (before) judgeTransition(before.state, after.state)
    if (before?.state !== after.state) after.settledOn = after.state === 'achieved' ? ctx.today : null
    await judgeRevision(ctx, change)
    judgeDefinition(after)
    if (before && before.unit !== after.unit) await requireUnlinked(ctx, after.id)
  },
  settle: async (ctx, changes, count) => {
    const followers = changes.filter(isFollower).map(({ after }) => after.id)
    const placeOf = pointerOf(changes, count, '/kpiId')
    await requireUnexposedGoals(ctx, { keyResultIds: followers }, ({ keyResultId }) => placeOf(keyResultId))
    recordRevisions(ctx, changes)
    await rescoreAfter(ctx, 'key_result', changes, ({ after }) => after.objectiveId)
  },
}

/** It follows a KPI from now on. */
const isFollower = ({ before, after }: Change<KeyResult>): boolean =>
  after.kpiId !== null && after.deletedAt === null && (before === null || before.deletedAt !== null)

const defaultCadence = async ({ db, actor }: Parameters<typeof mayChange>[0]): Promise<string> => {
  const [row] = await query<{ cadence: string }>(
    db,
    'default_cadence',
    'select default_cadence as cadence from organizations where tenant_id = $1',
    [actor.tenantId],
  )
  return row?.cadence ?? 'week'
}
