import { and } from 'drizzle-orm'
import { z } from 'zod'
import { base, id } from '../../api/fields.ts'
import { resource } from '../../api/resource.ts'
import { visibleThroughKeyResult } from '../goals/goal.visibility.ts'
import { keyResult } from '../key-results/key-result.resource.ts'
import { keyResultLinks } from './key-result-link.table.ts'

export const keyResultLinkSchema = z
  .strictObject({
    ...base,
    childKeyResultId: id,
    parentKeyResultId: id.meta({ description: 'A key result with the source `rollup`.' }),
    share: z.number().gt(0).max(1).meta({
      description: "The part of the child's value that is added up here; over all its parents at most 1.",
    }),
  })
  .meta({ id: 'KeyResultLink', description: 'The value of a key result is added up in another.' })

export const keyResultLink = resource({
  name: 'KeyResultLink',
  path: 'key-result-links',
  type: 'key_result_link',
  schema: keyResultLinkSchema,
  table: keyResultLinks,
  scopes: { read: 'okr:read', write: 'okr:write' },
  visible: (sight) =>
    and(
      visibleThroughKeyResult(sight, 'key_result_links.child_key_result_id'),
      visibleThroughKeyResult(sight, 'key_result_links.parent_key_result_id'),
    ),
  filters: ['externalId', 'childKeyResultId', 'parentKeyResultId'],
  sorts: ['share'],
  belongsTo: {
    child: { key: 'childKeyResultId', to: () => keyResult, inverse: 'addedUpIn' },
    parent: { key: 'parentKeyResultId', to: () => keyResult, inverse: 'addsUp' },
  },
})
