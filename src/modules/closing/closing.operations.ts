import { z } from 'zod'
import { id } from '../../api/fields.ts'
import { type Context, operation } from '../../api/operation.ts'
import { Problem } from '../../api/problem.ts'
import { findOne } from '../../api/reads.ts'
import { present } from '../../api/select.ts'
import { hasRole } from '../../auth/rules.ts'
import { cycle } from '../cycles/cycle.resource.ts'
import { rescore } from '../goals/goal.rescore.ts'
import { mayChangeObjectiveOf } from '../goals/goal.rules.ts'
import { readableObjectives } from '../goals/goal.sight.ts'
import { heldBy, lockForWrite } from '../goals/goal.write.ts'
import { requireUnexposedGoals } from '../kpis/kpi.exposure.ts'
import { shareKpis } from '../kpis/kpi.lock.ts'
import { objective, objectiveSchema } from '../objectives/objective.resource.ts'
import { closeObjectives } from './closing.close.ts'
import { closeCycleRow } from './closing.cycle.ts'
import { reopenRows, type Standing, standingOf } from './closing.queries.ts'
import { type Closing, closeInput, closing, cycleClosing } from './closing.schema.ts'

const findObjective = (ctx: Context, { id: wanted }: { id: string }) => findOne(ctx, objective, wanted)
const mayChange = (ctx: Context, row: Record<string, unknown>) => mayChangeObjectiveOf(ctx, row['id'] as string)

/** How the objective stands once its graph is held. */
const lockStanding = async (ctx: Context, objectiveId: string): Promise<Standing> => {
  await lockForWrite(ctx, { objectiveIds: [objectiveId] })
  const [standing] = await standingOf(ctx, { objectiveIds: [objectiveId] })
  if (!standing) throw new Problem('not_found')
  return standing
}

const isOpen = (state: Standing['state']): boolean => state === 'active' || state === 'achieved'

export const objectiveClosingOperations = [
  operation({
    name: 'closeObjective',
    tag: 'Objective',
    summary: 'Close an objective: grade it and freeze how its numbers came about',
    rest: 'POST /objectives/:id/close',
    status: 200,
    scope: 'okr:write',
    input: z.strictObject({ id, input: closeInput }),
    output: closing,
    find: findObjective,
    allow: mayChange,
    run: async (ctx, { id: wanted, input }) => {
      const { state } = await lockStanding(ctx, wanted)
      if (state === 'closed') throw new Problem('already_closed', 'The objective is closed already')
      if (!isOpen(state)) throw new Problem('invalid_transition', `An objective that is ${state} cannot be closed`)
      return (await closeObjectives(ctx, [wanted], input))[0] as Closing
    },
  }),
  operation({
    name: 'reopenObjective',
    summary: 'Reopen a closed objective with its key results',
    rest: 'POST /objectives/:id/reopen',
    status: 200,
    scope: 'okr:write',
    input: z.strictObject({ id }),
    output: objectiveSchema,
    returns: 'Objective',
    find: findObjective,
    allow: mayChange,
    run: async (ctx, { id: wanted }) => {
      shareKpis(ctx, { objectiveIds: [wanted] })
      const { state, cycleState } = await lockStanding(ctx, wanted)
      if (state !== 'closed') throw new Problem('invalid_transition', `An objective that is ${state} is not closed`)
      if (cycleState === 'closed') throw new Problem('cycle_closed')
      const keyResultIds = await reopenRows(ctx, wanted)
      await requireUnexposedGoals(ctx, { objectiveIds: [wanted] }, () => '/id')
      for (const reopened of keyResultIds)
        ctx.emit({ type: 'key_result.reopened', subject: { type: 'key_result', id: reopened } })
      ctx.emit({ type: 'objective.reopened', subject: { type: 'objective', id: wanted } })
      await rescore(ctx, heldBy(ctx), { objectiveIds: [wanted], keyResultIds }, () => ({
        type: 'objective',
        id: wanted,
      }))
      return present(objective, (await findOne(ctx, objective, wanted)) ?? {}, ctx) as never
    },
  }),
]

export const cycleClosingOperations = [
  operation({
    name: 'closeCycle',
    tag: 'Cycle',
    summary: 'Close a cycle with all its objectives',
    rest: 'POST /cycles/:id/close',
    status: 200,
    scope: 'okr:write',
    input: z.strictObject({ id }),
    output: cycleClosing,
    find: (ctx, input) => findOne(ctx, cycle, input.id),
    allow: hasRole('admin', 'integration'),
    run: async (ctx, { id: wanted }) => {
      await lockForWrite(ctx, { cycleIds: [wanted] })
      await closeCycleRow(ctx, wanted)
      const standings = await standingOf(ctx, { cycleId: wanted })
      const open = standings.filter(({ state }) => isOpen(state)).map((standing) => standing.id)
      const closed = open.length === 0 ? [] : await closeObjectives(ctx, open)
      const seen = await readableObjectives(
        ctx,
        standings.map((standing) => standing.id),
      )
      return {
        cycleId: wanted,
        closed: closed.filter(({ objectiveId }) => seen.has(objectiveId)),
        left: standings
          .filter(({ id, state }) => !isOpen(state) && seen.has(id))
          .map((standing) => ({ objectiveId: standing.id, title: standing.title, state: standing.state })),
        hidden: standings.length - seen.size,
      }
    },
  }),
]
