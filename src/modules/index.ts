import type { Module } from '../api/operation.ts'
import { alignmentOperations } from './alignments/alignment.operations.ts'
import { alignment } from './alignments/alignment.resource.ts'
import { apiKeyOperations } from './api-keys/api-key.operations.ts'
import { apiKey } from './api-keys/api-key.resource.ts'
import { checkInOperations } from './check-ins/check-in.operations.ts'
import { checkIn } from './check-ins/check-in.resource.ts'
import { cycleOperations } from './cycles/cycle.operations.ts'
import { cycle } from './cycles/cycle.resource.ts'
import { departmentOperations } from './departments/department.operations.ts'
import { department } from './departments/department.resource.ts'
import { keyResultOperations } from './key-results/key-result.operations.ts'
import { keyResult } from './key-results/key-result.resource.ts'
import { meOperations } from './me/me.operations.ts'
import { objectiveOperations } from './objectives/objective.operations.ts'
import { objective } from './objectives/objective.resource.ts'
import { organizationOperations } from './organization/organization.operations.ts'
import { organization } from './organization/organization.resource.ts'
import { pillarOperations } from './pillars/pillar.operations.ts'
import { pillar } from './pillars/pillar.resource.ts'
import { teamMembershipOperations } from './team-memberships/team-membership.operations.ts'
import { teamMembership } from './team-memberships/team-membership.resource.ts'
import { teamOperations } from './teams/team.operations.ts'
import { team } from './teams/team.resource.ts'
import { userOperations } from './users/user.operations.ts'
import { user } from './users/user.resource.ts'

/** The table of contents: every resource and what can be done with it. */
export const modules: readonly Module[] = [
  { resource: null, operations: meOperations },
  { resource: organization, operations: organizationOperations },
  { resource: user, operations: userOperations },
  { resource: department, operations: departmentOperations },
  { resource: team, operations: teamOperations },
  { resource: teamMembership, operations: teamMembershipOperations },
  { resource: apiKey, operations: apiKeyOperations },
  { resource: pillar, operations: pillarOperations },
  { resource: cycle, operations: cycleOperations },
  { resource: objective, operations: objectiveOperations },
  { resource: alignment, operations: alignmentOperations },
  { resource: keyResult, operations: keyResultOperations },
  { resource: checkIn, operations: checkInOperations },
]
