import { z } from 'zod'
import { id } from '../../api/fields.ts'
import { operation } from '../../api/operation.ts'
import { findOne } from '../../api/reads.ts'
import { anyone } from '../../auth/rules.ts'
import { objective } from '../objectives/objective.resource.ts'
import { treeOf } from './tree.build.ts'
import { tree } from './tree.schema.ts'

export const treeOperation = operation({
  name: 'objectiveTree',
  tag: 'Objective',
  summary: 'Get an objective with all that is aligned below it',
  rest: 'GET /objectives/:id/tree',
  scope: 'okr:read',
  input: z.strictObject({
    id,
    depth: z.int().min(1).max(16).default(3).meta({ description: 'Levels of aligned objectives.' }),
  }),
  output: tree,
  find: (ctx, input) => findOne(ctx, objective, input.id),
  allow: anyone,
  run: async (ctx, { id: wanted, depth }) => {
    const { node, truncated } = await treeOf(ctx, wanted, depth)
    return { ...node, truncated }
  },
})
