import { z } from 'zod'
import { id } from '../../api/fields.ts'
import { type Context, operation } from '../../api/operation.ts'
import { findOne } from '../../api/reads.ts'
import { anyone } from '../../auth/rules.ts'
import { loadAsStarted } from '../goals/goal.as-started.ts'
import { keyResult } from '../key-results/key-result.resource.ts'
import { objective } from '../objectives/objective.resource.ts'
import { explain, type GoalRef } from './explanation.build.ts'
import { explanationAnswer } from './explanation.schema.ts'

const depth = z.int().min(1).max(16).default(3).meta({ description: 'Levels of items.' })

const answer = async (ctx: Context, goal: GoalRef, objectiveId: string, levels: number) => {
  const { node, truncated } = await explain(ctx, goal, levels, await loadAsStarted(ctx, [objectiveId]))
  return { ...node, truncated }
}

export const explainObjectiveOperation = operation({
  name: 'objectiveExplanation',
  tag: 'Objective',
  summary: 'Explain the progress of an objective, item by item',
  rest: 'GET /objectives/:id/explanation',
  scope: 'okr:read',
  input: z.strictObject({ id, depth }),
  output: explanationAnswer,
  find: (ctx, input) => findOne(ctx, objective, input.id),
  allow: anyone,
  run: (ctx, input) => answer(ctx, { type: 'objective', id: input.id }, input.id, input.depth),
})

export const explainKeyResultOperation = operation({
  name: 'keyResultExplanation',
  tag: 'KeyResult',
  summary: 'Explain the progress of a key result',
  rest: 'GET /key-results/:id/explanation',
  scope: 'okr:read',
  input: z.strictObject({ id, depth }),
  output: explanationAnswer,
  find: (ctx, input) => findOne(ctx, keyResult, input.id),
  allow: anyone,
  run: (ctx, input, row) =>
    answer(
      ctx,
      { type: 'key_result', id: input.id },
      (row as Record<string, unknown>)['objectiveId'] as string,
      input.depth,
    ),
})
