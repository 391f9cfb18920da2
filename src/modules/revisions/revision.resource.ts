import { z } from 'zod'
import { base, id, instant, text } from '../../api/fields.ts'
import { type Resource, resource } from '../../api/resource.ts'
import { visibleThroughKeyResult } from '../goals/goal.visibility.ts'
import { keyResult } from '../key-results/key-result.resource.ts'
import { revisions } from './revision.table.ts'

const moved = z
  .strictObject({ before: z.unknown(), after: z.unknown() })
  .meta({ id: 'MovedMember', description: 'A member before and after.' })

const revisionSchema = z
  .strictObject({
    ...base,
    keyResultId: id,
    recordedAt: instant,
    authorId: id.meta({ description: 'The person or API key that changed it.' }),
    reason: text,
    changes: z.record(z.string(), moved).meta({ description: 'What was changed, by member.' }),
  })
  .meta({ id: 'Revision', description: 'A change of what a key result is measured against, after its first reading.' })

export const revision: Resource<typeof revisions> = resource({
  name: 'Revision',
  path: 'revisions',
  type: 'revision',
  schema: revisionSchema,
  table: revisions,
  scopes: { read: 'okr:read', write: 'okr:write' },
  visible: (sight) => visibleThroughKeyResult(sight, 'revisions.key_result_id'),
  filters: ['keyResultId'],
  sorts: ['recordedAt'],
  belongsTo: { keyResult: { key: 'keyResultId', to: () => keyResult, inverse: 'revisions' } },
})
