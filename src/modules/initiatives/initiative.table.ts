import { sql } from 'drizzle-orm'
import { check, date, doublePrecision, index, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { oneOf, reference, resourceTable } from '../../db/columns.ts'
import { keyResults } from '../key-results/key-result.table.ts'
import { objectives } from '../objectives/objective.table.ts'
import { users } from '../users/user.table.ts'

export const initiativeStates = ['planned', 'in_progress', 'blocked', 'done', 'cancelled'] as const

export type Task = { id: string; title: string; done: boolean; dueOn: string | null }

export const initiatives = resourceTable(
  'initiatives',
  {
    title: text('title').notNull(),
    description: text('description'),
    ownerId: uuid('owner_id'),
    objectiveId: uuid('objective_id'),
    /** As callers gave them; `initiative_key_results` repeats them for foreign keys and the look-up from the other end. */
    keyResultIds: uuid('key_result_ids').array().notNull(),
    /** KPIs that show whether it works. */
    kpiIds: uuid('kpi_ids').array().notNull().default(sql`'{}'`),
    state: text('state', { enum: initiativeStates }).notNull(),
    tasks: jsonb('tasks').$type<Task[]>().notNull(),
    /** What was reported; in answers tasks and the state `done` overrule it. */
    progress: doublePrecision('progress'),
    /** Null where nothing was said: 0 in an objective, 1 in a key result that is measured by its initiatives. */
    weight: doublePrecision('weight'),
    budget: doublePrecision('budget'),
    effort: doublePrecision('effort'),
    startsOn: date('starts_on'),
    dueOn: date('due_on'),
    links: text('links').array().notNull(),
  },
  (t) => [
    reference(t.tenantId, t.ownerId, () => users, 'initiatives_owner'),
    reference(t.tenantId, t.objectiveId, () => objectives, 'initiatives_objective'),
    check('initiatives_state', oneOf(t.state, initiativeStates)),
    check('initiatives_weight', sql`${t.weight} between 0 and 1e6`),
    check('initiatives_progress', sql`${t.progress} between 0 and 1`),
    check('initiatives_days', sql`${t.startsOn} <= ${t.dueOn}`),
    index('initiatives_owner_id').on(t.tenantId, t.ownerId),
    index('initiatives_objective_id').on(t.tenantId, t.objectiveId),
  ],
)

/** Which key results an initiative drives: array operators use no index under row-level security, this does. */
export const initiativeKeyResults = pgTable(
  'initiative_key_results',
  {
    tenantId: uuid('tenant_id').notNull(),
    initiativeId: uuid('initiative_id').notNull(),
    keyResultId: uuid('key_result_id').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.keyResultId, t.initiativeId] }),
    reference(t.tenantId, t.initiativeId, () => initiatives, 'initiative_key_results_initiative'),
    reference(t.tenantId, t.keyResultId, () => keyResults, 'initiative_key_results_key_result'),
    index('initiative_key_results_initiative_id').on(t.tenantId, t.initiativeId),
  ],
)
