/** Every table, for those who may not reach into the modules: auth and jobs. */
export { apiKeys } from '../modules/api-keys/api-key.table.ts'
export { departments } from '../modules/departments/department.table.ts'
export { objectives } from '../modules/objectives/objective.table.ts'
export { organizations, tenants } from '../modules/organization/organization.table.ts'
export { teamMemberships } from '../modules/team-memberships/team-membership.table.ts'
export { teams } from '../modules/teams/team.table.ts'
export { users } from '../modules/users/user.table.ts'
