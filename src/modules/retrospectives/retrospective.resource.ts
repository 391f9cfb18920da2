import { z } from 'zod'
import { base, day, id, text } from '../../api/fields.ts'
import { resource } from '../../api/resource.ts'
import { cycle } from '../cycles/cycle.resource.ts'
import { visibleThroughOptionalObjective } from '../goals/goal.visibility.ts'
import { objective } from '../objectives/objective.resource.ts'
import { team } from '../teams/team.resource.ts'
import { retrospectives } from './retrospective.table.ts'

export const retrospectiveSchema = z
  .strictObject({
    ...base,
    cycleId: id,
    teamId: id.nullable(),
    objectiveId: id.nullable(),
    heldOn: day,
    worked: text.nullable().meta({ description: 'What worked.' }),
    didNotWork: text.nullable().meta({ description: 'What did not.' }),
    kpiChanges: text.nullable().meta({ description: 'How the KPIs changed.' }),
    decisions: text.nullable().meta({ description: 'What is decided for the next cycle.' }),
    authorId: id,
  })
  .meta({ id: 'Retrospective', description: 'What a cycle taught: of a team, of an objective, or of all.' })

export const retrospective = resource({
  name: 'Retrospective',
  path: 'retrospectives',
  type: 'retrospective',
  schema: retrospectiveSchema,
  table: retrospectives,
  scopes: { read: 'okr:read', write: 'okr:write' },
  visible: (sight) => visibleThroughOptionalObjective(sight, 'retrospectives.objective_id'),
  filters: ['externalId', 'cycleId', 'teamId', 'objectiveId', 'authorId'],
  sorts: ['heldOn'],
  search: ['worked', 'didNotWork', 'kpiChanges', 'decisions'],
  belongsTo: {
    cycle: { key: 'cycleId', to: () => cycle, inverse: 'retrospectives' },
    team: { key: 'teamId', to: () => team, inverse: 'retrospectives' },
    objective: { key: 'objectiveId', to: () => objective, inverse: 'retrospectives' },
  },
})
