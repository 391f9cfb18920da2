import { z } from 'zod'
import { base, id, instant, text } from '../../api/fields.ts'
import { resource } from '../../api/resource.ts'
import { reportedHealth } from '../goals/goal.fields.ts'
import { visibleThroughObjective } from '../goals/goal.visibility.ts'
import { objective } from '../objectives/objective.resource.ts'
import { objectiveUpdates } from './objective-update.table.ts'

export const objectiveUpdateSchema = z
  .strictObject({
    ...base,
    objectiveId: id,
    text: text.min(1),
    reportedHealth: reportedHealth.nullable().meta({
      description: "The newest update by a person speaks for the objective's health, for one cadence.",
    }),
    effectiveAt: instant.meta({ description: 'When it was true.' }),
    authorId: id,
  })
  .meta({ id: 'ObjectiveUpdate', description: 'A dated narrative of how an objective goes.' })

export const objectiveUpdate = resource({
  name: 'ObjectiveUpdate',
  path: 'objective-updates',
  type: 'objective_update',
  schema: objectiveUpdateSchema,
  table: objectiveUpdates,
  scopes: { read: 'okr:read', write: 'okr:write' },
  visible: (sight) => visibleThroughObjective(sight, 'objective_updates.objective_id'),
  filters: ['externalId', 'objectiveId', 'authorId', 'reportedHealth'],
  sorts: ['effectiveAt'],
  search: ['text'],
  belongsTo: { objective: { key: 'objectiveId', to: () => objective, inverse: 'updates' } },
})
