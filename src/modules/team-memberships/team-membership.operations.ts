import { z } from 'zod'
import { reads } from '../../api/reads.ts'
import { writes } from '../../api/writes.ts'
import { hasRole } from '../../auth/rules.ts'
import { teamMembership, teamMembershipSchema } from './team-membership.resource.ts'

const { externalId, teamId, userId } = teamMembershipSchema.shape

const keepsPeople = hasRole('admin', 'hr', 'integration')

export const teamMembershipOperations = [
  ...reads(teamMembership),
  ...writes({
    resource: teamMembership,
    create: { input: z.strictObject({ externalId: externalId.default(null), teamId, userId }), allow: keepsPeople },
    update: { input: z.strictObject({ externalId }).partial(), allow: keepsPeople },
    delete: { allow: keepsPeople },
  }),
]
