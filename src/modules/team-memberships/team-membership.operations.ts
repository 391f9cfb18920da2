import { reads } from '../../api/reads.ts'
import { writes } from '../../api/writes.ts'
import { keepsPeople } from '../directory/directory.rules.ts'
import { teamMembership, teamMembershipInputs } from './team-membership.resource.ts'

export const teamMembershipOperations = [
  ...reads(teamMembership),
  ...writes({
    resource: teamMembership,
    create: { input: teamMembershipInputs.create, allow: keepsPeople },
    update: { input: teamMembershipInputs.update, allow: keepsPeople },
    delete: { allow: keepsPeople },
  }),
]
