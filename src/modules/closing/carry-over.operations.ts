import { z } from 'zod'
import { id, name } from '../../api/fields.ts'
import { type Context, operation } from '../../api/operation.ts'
import { inputProblem, Problem } from '../../api/problem.ts'
import { findOne } from '../../api/reads.ts'
import { hasRole } from '../../auth/rules.ts'
import { query } from '../../db/statement.ts'
import { cycle } from '../cycles/cycle.resource.ts'
import { mayChangeObjectiveOf } from '../goals/goal.rules.ts'
import { readableObjectives } from '../goals/goal.sight.ts'
import { lockForWrite } from '../goals/goal.write.ts'
import { shareKpis } from '../kpis/kpi.lock.ts'
import { objective } from '../objectives/objective.resource.ts'
import { type CarriedObjective, carryObjectives } from './carry-over.ts'
import { requireOpenCycle } from './closing.cycle.ts'
import { standingOf } from './closing.queries.ts'

const outcome = z.enum(['carried', 'reached']).meta({ id: 'CarryOverOutcome' })
const mode = z.enum(['rebaseline', 'keep', 'restart']).meta({
  id: 'CarryOverMode',
  description: 'Start from the last value; keep baseline and target and open with the last value; begin anew.',
})

const carryOverInput = z
  .strictObject({ cycleId: id.meta({ description: 'The cycle to carry into.' }), mode: mode.default('rebaseline') })
  .meta({ id: 'CarryOverInput' })

const carried = z
  .strictObject({
    objectiveId: id,
    title: name,
    outcome,
    carriedToId: id.nullable().meta({ description: 'The new one; null when nothing was left to do.' }),
    keyResults: z.array(
      z.strictObject({ keyResultId: id, outcome, carriedToId: id.nullable() }).meta({ id: 'CarriedKeyResult' }),
    ),
  })
  .meta({ id: 'CarriedObjective', description: 'What became of an objective and its key results.' })

const carriedCycle = z
  .strictObject({ cycleId: id, carriedIntoId: id, objectives: z.array(carried) })
  .meta({ id: 'CarriedCycle', description: 'What became of the objectives of a cycle.' })

/** What is already in the target cycle, carried from these objectives. */
const carriedBefore = async ({ db, actor }: Context, cycleId: string, ids: readonly string[]): Promise<Set<string>> => {
  const rows = await query<{ id: string }>(
    db,
    'carried_before',
    `select carried_from_id as id from objectives
     where tenant_id = $1 and cycle_id = $2 and carried_from_id = any($3) and deleted_at is null`,
    [actor.tenantId, cycleId, ids],
  )
  return new Set(rows.map((row) => row.id))
}

export const carryOverObjectiveOperation = operation({
  name: 'carryOverObjective',
  tag: 'Objective',
  summary: 'Carry an objective over into another cycle',
  rest: 'POST /objectives/:id/carry-over',
  status: 200,
  scope: 'okr:write',
  input: z.strictObject({ id, input: carryOverInput }),
  output: carried,
  find: (ctx, input) => findOne(ctx, objective, input.id),
  allow: (ctx, row) => mayChangeObjectiveOf(ctx, (row as Record<string, unknown>)['id'] as string),
  run: async (ctx, { id: wanted, input }) => {
    shareKpis(ctx, { objectiveIds: [wanted] })
    await lockForWrite(ctx, { objectiveIds: [wanted], cycleIds: [input.cycleId] })
    await requireOpenCycle(ctx, input.cycleId)
    const [standing] = await standingOf(ctx, { objectiveIds: [wanted] })
    if (!standing) throw new Problem('not_found')
    if (standing.cycleId === input.cycleId) throw inputProblem('invalid_input', '/cycleId', 'it is in that cycle')
    if (standing.state === 'draft') throw new Problem('invalid_transition', 'A draft is moved, not carried over')
    if ((await carriedBefore(ctx, input.cycleId, [wanted])).size > 0)
      throw new Problem('conflict', 'It has been carried into that cycle before')
    return (await carryObjectives(ctx, [wanted], input.cycleId, input.mode))[0] as CarriedObjective
  },
})

export const carryOverCycleOperation = operation({
  name: 'carryOverCycle',
  tag: 'Cycle',
  summary: 'Carry what a cycle left undone over into another',
  rest: 'POST /cycles/:id/carry-over',
  status: 200,
  scope: 'okr:write',
  input: z.strictObject({ id, input: carryOverInput }),
  output: carriedCycle,
  find: (ctx, input) => findOne(ctx, cycle, input.id),
  allow: hasRole('admin', 'integration'),
  run: async (ctx, { id: wanted, input }) => {
    if (wanted === input.cycleId) throw inputProblem('invalid_input', '/cycleId', 'it is that cycle')
    shareKpis(ctx, { cycleIds: [wanted] })
    await lockForWrite(ctx, { cycleIds: [wanted, input.cycleId] })
    await requireOpenCycle(ctx, input.cycleId)
    const standings = await standingOf(ctx, { cycleId: wanted })
    const undone = standings
      .filter(({ state }) => state === 'active' || state === 'closed' || state === 'deferred')
      .map((standing) => standing.id)
    const [before, seen] = await Promise.all([
      carriedBefore(ctx, input.cycleId, undone),
      readableObjectives(ctx, undone),
    ])
    const ids = undone.filter((each) => !before.has(each) && seen.has(each))
    const found = ids.length === 0 ? [] : await carryObjectives(ctx, ids, input.cycleId, input.mode)
    return { cycleId: wanted, carriedIntoId: input.cycleId, objectives: found }
  },
})
