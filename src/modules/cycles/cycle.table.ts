import { sql } from 'drizzle-orm'
import { check, date, index, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { instant, oneOf, reference, resourceTable } from '../../db/columns.ts'
import type { Policy } from '../../scoring/index.ts'
import type { ProgressSource } from '../objectives/objective.table.ts'

export const cycleKinds = ['year', 'half', 'quarter', 'month', 'custom'] as const
export const cycleStates = ['planned', 'active', 'closing', 'closed'] as const

/** What a cycle decides for its goals; a member left out falls back to the organization's, then to the standard. */
export type CyclePolicy = Policy & { progressSource: ProgressSource }

export const cycles = resourceTable(
  'cycles',
  {
    name: text('name').notNull(),
    kind: text('kind', { enum: cycleKinds }).notNull(),
    startsOn: date('starts_on').notNull(),
    endsOn: date('ends_on').notNull(),
    parentId: uuid('parent_id'),
    /** The cycle at the top: its goal graph holds everything below, because quarters feed years. */
    rootId: uuid('root_id').notNull(),
    state: text('state', { enum: cycleStates }).notNull(),
    policy: jsonb('policy').$type<Partial<CyclePolicy>>().notNull(),
  },
  (t) => [
    reference(t.tenantId, t.parentId, () => t, 'cycles_parent'),
    check('cycles_kind', oneOf(t.kind, cycleKinds)),
    check('cycles_state', oneOf(t.state, cycleStates)),
    check('cycles_days', sql`${t.startsOn} <= ${t.endsOn}`),
    index('cycles_parent_id').on(t.tenantId, t.parentId),
  ],
)

/** One row per root cycle: the lock that makes writers of one goal graph take turns, and its clock. */
export const goalGraphs = pgTable(
  'goal_graphs',
  {
    tenantId: uuid('tenant_id').notNull(),
    /** The root cycle's id. */
    id: uuid('id').notNull(),
    lastRecordedAt: instant('last_recorded_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.id] }), reference(t.tenantId, t.id, () => cycles, 'goal_graphs_cycle')],
)
