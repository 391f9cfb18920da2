import { reads } from '../../api/reads.ts'
import { writes } from '../../api/writes.ts'
import { teamMembership } from './team-membership.resource.ts'
import { teamMembershipWrites } from './team-membership.writes.ts'

export const teamMembershipOperations = [...reads(teamMembership), ...writes(teamMembershipWrites)]
