import { check, date, index, text, uuid } from 'drizzle-orm/pg-core'
import { oneOf, reference, resourceTable } from '../../db/columns.ts'
import { users } from '../users/user.table.ts'

export const teamKinds = ['standing', 'temporary'] as const

export const teams = resourceTable(
  'teams',
  {
    name: text('name').notNull(),
    kind: text('kind', { enum: teamKinds }).notNull(),
    startsOn: date('starts_on'),
    endsOn: date('ends_on'),
    leadId: uuid('lead_id'),
  },
  (t) => [
    reference(t.tenantId, t.leadId, () => users, 'teams_lead'),
    check('teams_kind', oneOf(t.kind, teamKinds)),
    index('teams_lead_id').on(t.tenantId, t.leadId),
  ],
)
