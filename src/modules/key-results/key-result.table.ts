import { sql } from 'drizzle-orm'
import { boolean, check, date, doublePrecision, index, jsonb, text, uuid } from 'drizzle-orm/pg-core'
import { oneOf, reference, resourceTable } from '../../db/columns.ts'
import { kpis } from '../kpis/kpi.table.ts'
import { goalStates, objectives, scoreColumns } from '../objectives/objective.table.ts'
import { cadences } from '../organization/organization.table.ts'
import { users } from '../users/user.table.ts'

export const kinds = ['metric', 'threshold', 'milestone', 'ordinal', 'baseline'] as const
export const sources = ['checkins', 'kpi', 'rollup', 'aligned', 'initiatives'] as const
export const kpiWindows = ['latest', 'cycle'] as const
export const keyResultRoles = ['measure', 'guardrail'] as const
export const thresholdModes = ['latest', 'adherence', 'accrual'] as const
export const dataStates = ['ok', 'no_data'] as const

export type Waypoint = { date: string; value: number }
export type Zone = { name: string; value: number }
/** `done` is the newest reading of the step; rescore keeps it. */
export type Step = { id: string; title: string; weight: number; dueOn: string | null; done: boolean }

export const keyResults = resourceTable(
  'key_results',
  {
    objectiveId: uuid('objective_id').notNull(),
    title: text('title').notNull(),
    ownerId: uuid('owner_id'),
    kind: text('kind', { enum: kinds }).notNull(),
    source: text('source', { enum: sources }).notNull(),
    /** The KPI it follows, and whether by its latest value or by what its days make together. */
    kpiId: uuid('kpi_id'),
    kpiWindow: text('kpi_window', { enum: kpiWindows }),
    role: text('role', { enum: keyResultRoles }).notNull(),
    state: text('state', { enum: goalStates }).notNull(),
    weight: doublePrecision('weight').notNull(),
    unit: text('unit'),
    baseline: doublePrecision('baseline'),
    target: doublePrecision('target'),
    waypoints: jsonb('waypoints').$type<Waypoint[]>(),
    min: doublePrecision('min'),
    max: doublePrecision('max'),
    exclusive: boolean('exclusive'),
    mode: text('mode', { enum: thresholdModes }),
    period: text('period', { enum: cadences }),
    steps: jsonb('steps').$type<Step[]>(),
    zones: jsonb('zones').$type<Zone[]>(),
    cadence: text('cadence', { enum: cadences }).notNull(),
    startsOn: date('starts_on'),
    dueOn: date('due_on'),
    grade: doublePrecision('grade'),
    gradeReason: text('grade_reason'),
    /** The day it became achieved or closed: its numbers stop moving with time there. */
    settledOn: date('settled_on'),
    /** The frozen explanation of a closed one (frozen-explanation.table.ts). */
    explanationSha256: text('explanation_sha256'),
    zone: text('zone'),
    /** The newest live check-in by effective time; null before the first. */
    lastCheckInId: uuid('last_check_in_id'),
    ...scoreColumns(),
  },
  (t) => [
    reference(t.tenantId, t.objectiveId, () => objectives, 'key_results_objective'),
    reference(t.tenantId, t.ownerId, () => users, 'key_results_owner'),
    reference(t.tenantId, t.kpiId, () => kpis, 'key_results_kpi'),
    check('key_results_kind', oneOf(t.kind, kinds)),
    check('key_results_source', oneOf(t.source, sources)),
    check('key_results_kpi_window', oneOf(t.kpiWindow, kpiWindows)),
    check('key_results_follows', sql`(${t.source} = 'kpi') = (${t.kpiId} is not null and ${t.kpiWindow} is not null)`),
    check('key_results_role', oneOf(t.role, keyResultRoles)),
    check('key_results_state', oneOf(t.state, goalStates)),
    check('key_results_cadence', oneOf(t.cadence, cadences)),
    check('key_results_weight', sql`${t.weight} between 0 and 1e6`),
    check('key_results_moves', sql`abs(${t.target} - ${t.baseline}) >= 1e-9`),
    index('key_results_objective_id').on(t.tenantId, t.objectiveId),
    index('key_results_kpi_id').on(t.tenantId, t.kpiId).where(sql`${t.kpiId} is not null`),
    index('key_results_owner_id').on(t.tenantId, t.ownerId),
  ],
)
