import { sql } from 'drizzle-orm'
import { check, date, index, text, uuid } from 'drizzle-orm/pg-core'
import { reference, resourceTable } from '../../db/columns.ts'
import { cycles } from '../cycles/cycle.table.ts'
import { objectives } from '../objectives/objective.table.ts'
import { teams } from '../teams/team.table.ts'

export const retrospectives = resourceTable(
  'retrospectives',
  {
    cycleId: uuid('cycle_id').notNull(),
    /** Of a team or of an objective; of the whole cycle when of neither. */
    teamId: uuid('team_id'),
    objectiveId: uuid('objective_id'),
    heldOn: date('held_on').notNull(),
    worked: text('worked'),
    didNotWork: text('did_not_work'),
    kpiChanges: text('kpi_changes'),
    decisions: text('decisions'),
    /** The person or API key that wrote it. */
    authorId: uuid('author_id').notNull(),
  },
  (t) => [
    reference(t.tenantId, t.cycleId, () => cycles, 'retrospectives_cycle'),
    reference(t.tenantId, t.teamId, () => teams, 'retrospectives_team'),
    reference(t.tenantId, t.objectiveId, () => objectives, 'retrospectives_objective'),
    check('retrospectives_one_subject', sql`num_nonnulls(${t.teamId}, ${t.objectiveId}) <= 1`),
    index('retrospectives_cycle_id').on(t.tenantId, t.cycleId),
    index('retrospectives_team_id').on(t.tenantId, t.teamId),
    index('retrospectives_objective_id').on(t.tenantId, t.objectiveId),
  ],
)
