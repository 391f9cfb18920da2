import { sql } from 'drizzle-orm'
import { check, index, jsonb, text, uuid } from 'drizzle-orm/pg-core'
import { oneOf, reference, resourceTable } from '../../db/columns.ts'
import { departments } from '../departments/department.table.ts'
import { ownerColumns } from '../objectives/objective.table.ts'
import { visibilities } from '../organization/organization.table.ts'
import { teams } from '../teams/team.table.ts'
import { users } from '../users/user.table.ts'

/** A KPI in a scorecard, in one of its perspectives. */
export type ScorecardItem = { kpiId: string; perspective: string; weight: number }

export const scorecards = resourceTable(
  'scorecards',
  {
    name: text('name').notNull(),
    description: text('description'),
    ...ownerColumns(),
    visibility: text('visibility', { enum: visibilities }).notNull(),
    perspectives: text('perspectives').array().notNull(),
    items: jsonb('items').$type<ScorecardItem[]>().notNull(),
    /** The KPIs of its items, so that SQL finds them. */
    kpiIds: uuid('kpi_ids').array().notNull(),
  },
  (t) => [
    reference(t.tenantId, t.ownerUserId, () => users, 'scorecards_owner_user'),
    reference(t.tenantId, t.ownerDepartmentId, () => departments, 'scorecards_owner_department'),
    reference(t.tenantId, t.ownerTeamId, () => teams, 'scorecards_owner_team'),
    check('scorecards_one_owner', sql`num_nonnulls(${t.ownerUserId}, ${t.ownerDepartmentId}, ${t.ownerTeamId}) <= 1`),
    check('scorecards_visibility', oneOf(t.visibility, visibilities)),
    index('scorecards_owner_id').on(t.tenantId, t.ownerId),
  ],
)
