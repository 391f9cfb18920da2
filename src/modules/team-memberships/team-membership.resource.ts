import { z } from 'zod'
import { base, id } from '../../api/fields.ts'
import { inputsOf, required } from '../../api/inputs.ts'
import { resource } from '../../api/resource.ts'
import { team } from '../teams/team.resource.ts'
import { user } from '../users/user.resource.ts'
import { teamMemberships } from './team-membership.table.ts'

export const teamMembershipSchema = z
  .strictObject({ ...base, teamId: id, userId: id })
  .meta({ id: 'TeamMembership', description: 'A person in a team.' })

/** What callers may write, and what it is when left out of a create. */
export const teamMembershipInputs = inputsOf(
  teamMembershipSchema,
  {
    externalId: null,
    teamId: required,
    userId: required,
  },
  { fixed: ['teamId', 'userId'] },
)

export const teamMembership = resource({
  name: 'TeamMembership',
  path: 'team-memberships',
  type: 'team_membership',
  schema: teamMembershipSchema,
  table: teamMemberships,
  scopes: { read: 'directory:read', write: 'directory:write' },
  visible: () => undefined,
  filters: ['externalId', 'teamId', 'userId'],
  belongsTo: {
    team: { key: 'teamId', to: () => team, inverse: 'memberships' },
    user: { key: 'userId', to: () => user, inverse: 'memberships' },
  },
})
