import { z } from 'zod'
import { id, name, ratio } from '../../api/fields.ts'
import { hiddenSchema } from '../explanation/explanation.schema.ts'
import { goalState, health } from '../goals/goal.fields.ts'
import { objectiveSchema } from '../objectives/objective.resource.ts'

const treeNode = z
  .strictObject({
    id,
    title: name,
    ownerType: objectiveSchema.shape.ownerType,
    ownerId: id,
    state: goalState,
    progress: ratio.nullable(),
    coverage: ratio.nullable(),
    confidence: ratio.nullable(),
    health,
    parentKeyResultId: id.nullable().meta({ description: 'Set where it is aligned to a key result of its parent.' }),
    weight: z.number().nullable().meta({ description: 'In what it is aligned to; null at the top.' }),
    contribution: ratio
      .nullable()
      .meta({ description: 'Its part of the progress of what it is aligned to; null where it is shown, not counted.' }),
    reason: z.string().nullable().meta({ description: 'Why it is not counted.' }),
    get children(): z.ZodArray<typeof treeNode> {
      return z.array(treeNode)
    },
    hidden: hiddenSchema,
  })
  .meta({ id: 'TreeNode', description: 'An objective with what is aligned to it.' })

export const tree = treeNode
  .extend({ truncated: z.boolean().meta({ description: 'More than 5,000 nodes: some levels were left out.' }) })
  .strict()
  .meta({ id: 'ObjectiveTree' })

export type TreeNode = z.output<typeof treeNode>
