import { z } from 'zod'
import { base, id, instant, name, text } from '../../api/fields.ts'
import { resource } from '../../api/resource.ts'
import { checkIn } from '../check-ins/check-in.resource.ts'
import { subjects, visibleThroughSubject } from '../goals/goal.subject.ts'
import { user } from '../users/user.resource.ts'
import { blockerStates, blockerSubjects, blockers, severities } from './blocker.table.ts'

export const blockerSchema = z
  .strictObject({
    ...base,
    subjectType: z.enum(blockerSubjects).meta({ id: 'BlockerSubjectType' }),
    subjectId: id,
    checkInId: id.nullable().meta({ description: 'The check-in it was raised with.' }),
    title: name,
    description: text.nullable(),
    severity: z.enum(severities).meta({ id: 'Severity' }),
    ownerId: id.nullable().meta({ description: 'Who clears it away.' }),
    state: z.enum(blockerStates).meta({ id: 'BlockerState' }),
    resolvedAt: instant.nullable(),
  })
  .meta({ id: 'Blocker', description: 'What stands in the way of an objective, a key result or an initiative.' })

export const blocker = resource({
  name: 'Blocker',
  path: 'blockers',
  type: 'blocker',
  schema: blockerSchema,
  table: blockers,
  scopes: { read: 'okr:read', write: 'okr:write' },
  visible: (sight) => visibleThroughSubject(sight, 'blockers', blockerSubjects),
  filters: ['externalId', 'subjectType', 'subjectId', 'checkInId', 'severity', 'ownerId', 'state'],
  sorts: ['title', 'resolvedAt'],
  search: ['title', 'description'],
  belongsTo: {
    checkIn: { key: 'checkInId', to: () => checkIn, inverse: 'blockers' },
    owner: { key: 'ownerId', to: () => user, inverse: 'blockers' },
  },
  polymorphic: {
    subject: { type: 'subjectType', key: 'subjectId', to: () => subjects(blockerSubjects), inverse: 'blockers' },
  },
})
