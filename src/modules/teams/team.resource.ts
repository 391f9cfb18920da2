import { z } from 'zod'
import { base, day, id, name } from '../../api/fields.ts'
import { inputsOf, required } from '../../api/inputs.ts'
import { resource } from '../../api/resource.ts'
import { user } from '../users/user.resource.ts'
import { teamKinds, teams } from './team.table.ts'

export const teamSchema = z
  .strictObject({
    ...base,
    name,
    kind: z.enum(teamKinds).meta({ id: 'TeamKind' }),
    startsOn: day.nullable(),
    endsOn: day.nullable(),
    leadId: id.nullable(),
  })
  .meta({ id: 'Team', description: 'People who work together, for good or for a time; a person may be in several.' })

/** What callers may write, and what it is when left out of a create. */
export const teamInputs = inputsOf(teamSchema, {
  externalId: null,
  name: required,
  kind: 'standing',
  startsOn: null,
  endsOn: null,
  leadId: null,
})

export const team = resource({
  name: 'Team',
  path: 'teams',
  type: 'team',
  schema: teamSchema,
  table: teams,
  scopes: { read: 'directory:read', write: 'directory:write' },
  visible: () => undefined,
  filters: ['externalId', 'kind', 'leadId'],
  sorts: ['name'],
  search: ['name'],
  belongsTo: { lead: { key: 'leadId', to: () => user, inverse: 'leadsTeams' } },
})
