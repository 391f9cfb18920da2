import { sql } from 'drizzle-orm'
import { index, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { reference, resourceTable } from '../../db/columns.ts'
import { teams } from '../teams/team.table.ts'
import { users } from '../users/user.table.ts'

export const teamMemberships = resourceTable(
  'team_memberships',
  { teamId: uuid('team_id').notNull(), userId: uuid('user_id').notNull() },
  (t) => [
    reference(t.tenantId, t.teamId, () => teams, 'team_memberships_team'),
    reference(t.tenantId, t.userId, () => users, 'team_memberships_user'),
    uniqueIndex('team_memberships_once').on(t.tenantId, t.teamId, t.userId).where(sql`${t.deletedAt} is null`),
    index('team_memberships_user_id').on(t.tenantId, t.userId),
  ],
)
