import { and, isNull, or } from 'drizzle-orm'
import { z } from 'zod'
import { base, id, weight } from '../../api/fields.ts'
import { inputsOf, required } from '../../api/inputs.ts'
import { resource } from '../../api/resource.ts'
import { visibleThroughKeyResult, visibleThroughObjective } from '../goals/goal.visibility.ts'
import { keyResult } from '../key-results/key-result.resource.ts'
import { objective } from '../objectives/objective.resource.ts'
import { alignments, relations } from './alignment.table.ts'

export const alignmentSchema = z
  .strictObject({
    ...base,
    childObjectiveId: id,
    parentObjectiveId: id.nullable(),
    parentKeyResultId: id.nullable(),
    relation: z
      .enum(relations)
      .meta({ id: 'Relation', description: 'What contributes counts in the parent; what supports is only shown.' }),
    weight,
  })
  .meta({ id: 'Alignment', description: 'An objective feeds another objective or a key result.' })

/** What callers may write: the child stays, the parent may be another one. */
export const alignmentInputs = inputsOf(
  alignmentSchema,
  {
    externalId: null,
    childObjectiveId: required,
    parentObjectiveId: null,
    parentKeyResultId: null,
    relation: 'contributes',
    weight: 1,
  },
  { fixed: ['childObjectiveId'] },
)

export const alignment = resource({
  name: 'Alignment',
  path: 'alignments',
  type: 'alignment',
  schema: alignmentSchema,
  table: alignments,
  scopes: { read: 'okr:read', write: 'okr:write' },
  visible: (sight) => {
    const child = visibleThroughObjective(sight, 'alignments.child_objective_id')
    if (!child) return undefined
    return and(
      child,
      or(isNull(alignments.parentObjectiveId), visibleThroughObjective(sight, 'alignments.parent_objective_id')),
      or(isNull(alignments.parentKeyResultId), visibleThroughKeyResult(sight, 'alignments.parent_key_result_id')),
    )
  },
  filters: ['externalId', 'childObjectiveId', 'parentObjectiveId', 'parentKeyResultId', 'relation'],
  belongsTo: {
    child: { key: 'childObjectiveId', to: () => objective, inverse: 'alignedTo' },
    parentObjective: { key: 'parentObjectiveId', to: () => objective, inverse: 'alignedFrom' },
    parentKeyResult: { key: 'parentKeyResultId', to: () => keyResult, inverse: 'alignedFrom' },
  },
})
