import { reads } from '../../api/reads.ts'
import { writes } from '../../api/writes.ts'
import { hasRole } from '../../auth/rules.ts'
import { teamMembership, teamMembershipInputs } from './team-membership.resource.ts'

const keepsPeople = hasRole('admin', 'hr', 'integration')

export const teamMembershipOperations = [
  ...reads(teamMembership),
  ...writes({
    resource: teamMembership,
    create: { input: teamMembershipInputs.create, allow: keepsPeople },
    update: { input: teamMembershipInputs.update, allow: keepsPeople },
    delete: { allow: keepsPeople },
  }),
]
