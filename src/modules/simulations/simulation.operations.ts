import { z } from 'zod'
import { type Context, operation } from '../../api/operation.ts'
import { anyone } from '../../auth/rules.ts'
import type { NodeScore } from '../../scoring/index.ts'
import { healthToday } from '../goals/goal.fields.ts'
import { type Goals, readGoals } from '../goals/goal.read.ts'
import { readableObjectives } from '../goals/goal.sight.ts'
import { lockForWrite } from '../goals/goal.write.ts'
import { shareKpis } from '../kpis/kpi.lock.ts'
import { applyChanges, touchedByChanges } from './simulation.apply.ts'
import { type Numbers, simulation, simulationInput } from './simulation.schema.ts'

type Found = { type: 'objective' | 'key_result'; objectiveId: string; numbers: Numbers }

const numbersOf = (score: NodeScore | null, today: string): Numbers => ({
  attainment: score?.attainment ?? null,
  progress: score?.progress ?? null,
  coverage: score?.coverage ?? null,
  confidence: score?.confidence ?? null,
  health: healthToday(score, today) as Numbers['health'],
})

const foundIn = ({ objectives, keyResults }: Goals, today: string): Map<string, Found> =>
  new Map([
    ...[...objectives.values()].map(({ id, score }): [string, Found] => [
      id,
      { type: 'objective', objectiveId: id, numbers: numbersOf(score, today) },
    ]),
    ...[...keyResults.values()].map(({ id, objectiveId, score }): [string, Found] => [
      id,
      { type: 'key_result', objectiveId, numbers: numbersOf(score, today) },
    ]),
  ])

const differ = (one: Numbers | undefined, other: Numbers): boolean => JSON.stringify(one) !== JSON.stringify(other)

/** Goals that differ after the changes; those the caller may not see are only counted. */
const compare = async (ctx: Context, before: Map<string, Found>, after: Map<string, Found>) => {
  const changed = [...after].filter(([id, { numbers }]) => differ(before.get(id)?.numbers, numbers))
  const seen = await readableObjectives(ctx, [...new Set(changed.map(([, { objectiveId }]) => objectiveId))])
  const affected = changed
    .filter(([, { objectiveId }]) => seen.has(objectiveId))
    .map(([id, { type, numbers }]) => ({ type, id, before: before.get(id)?.numbers ?? null, after: numbers }))
  return { affected, hidden: { count: changed.length - affected.length } }
}

/**
 * A simulation is the real thing, undone: the same rules, rights and cascade, in a transaction that never commits. So
 * what it tells is what would happen, and what it refuses would be refused.
 */
export const simulationOperations = [
  operation({
    name: 'simulate',
    tag: 'Simulation',
    summary: 'See what changes would lead to, without making them',
    rest: 'POST /simulations',
    status: 200,
    scope: 'okr:write',
    undone: true,
    input: z.strictObject({ input: simulationInput }),
    output: simulation,
    allow: anyone,
    run: async (ctx, { input: { changes } }) => {
      const touched = await touchedByChanges(ctx, changes)
      shareKpis(ctx, { ...touched, kpiIds: changes.flatMap(({ createKeyResult }) => createKeyResult?.kpiId ?? []) })
      await lockForWrite(ctx, touched)
      const before = foundIn(await readGoals(ctx, touched), ctx.today)
      await applyChanges(ctx, changes)
      const after = foundIn(await readGoals(ctx, touched), ctx.today)
      return compare(ctx, before, after)
    },
  }),
]
