import type { Creatable } from '../../api/writes.ts'
import { keepsPeople } from '../directory/directory.rules.ts'
import { teamMembership, teamMembershipInputs } from './team-membership.resource.ts'
import type { teamMemberships } from './team-membership.table.ts'

/** How memberships are written, here and by identity providers. */
export const teamMembershipWrites: Creatable<typeof teamMemberships.$inferSelect> = {
  resource: teamMembership,
  create: { input: teamMembershipInputs.create, allow: keepsPeople },
  update: { input: teamMembershipInputs.update, allow: keepsPeople },
  delete: { allow: keepsPeople },
}
