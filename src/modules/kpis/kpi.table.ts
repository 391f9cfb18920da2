import { sql } from 'drizzle-orm'
import {
  check,
  date,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { instant, oneOf, reference, resourceTable } from '../../db/columns.ts'
import { type KpiScore, scoringVersion } from '../../scoring/index.ts'
import { departments } from '../departments/department.table.ts'
import { type CustomValues, ownerColumns } from '../objectives/objective.table.ts'
import { visibilities } from '../organization/organization.table.ts'
import { teams } from '../teams/team.table.ts'
import { users } from '../users/user.table.ts'

export const unitKinds = ['number', 'percent', 'currency', 'duration', 'ratio'] as const
export const kpiDirections = ['up', 'down', 'range'] as const
export const kpiNatures = ['lagging', 'leading', 'risk'] as const
export const kpiLevels = ['strategic', 'tactical', 'operational', 'individual'] as const
export const kpiFrequencies = ['day', 'week', 'month', 'quarter', 'year', 'irregular'] as const
export const kpiAggregations = ['sum', 'average', 'last', 'min', 'max', 'ratio'] as const
export const kpiRollups = ['sum', 'average', 'min', 'max', 'ratio'] as const
export const kpiStates = ['active', 'retired'] as const
export const kpiStatuses = ['red', 'amber', 'green', 'no_data', 'no_target'] as const

export const kpis = resourceTable(
  'kpis',
  {
    code: text('code').notNull(),
    name: text('name').notNull(),
    description: text('description'),
    unitKind: text('unit_kind', { enum: unitKinds }).notNull(),
    unit: text('unit'),
    direction: text('direction', { enum: kpiDirections }).notNull(),
    nature: text('nature', { enum: kpiNatures }).notNull(),
    level: text('level', { enum: kpiLevels }).notNull(),
    ...ownerColumns(),
    departmentId: uuid('department_id'),
    teamId: uuid('team_id'),
    parentId: uuid('parent_id'),
    driverIds: uuid('driver_ids').array().notNull(),
    frequency: text('frequency', { enum: kpiFrequencies }).notNull(),
    /** How the points of one series make the value of a period, and how members make their total; null adds none up. */
    aggregation: text('aggregation', { enum: kpiAggregations }).notNull(),
    rollup: text('rollup', { enum: kpiRollups }),
    formula: text('formula'),
    benchmark: doublePrecision('benchmark'),
    contingency: text('contingency'),
    reviewOn: date('review_on'),
    visibility: text('visibility', { enum: visibilities }).notNull(),
    tags: text('tags').array().notNull(),
    custom: jsonb('custom').$type<CustomValues>().notNull(),
    state: text('state', { enum: kpiStates }).notNull(),
    /** Stored whole, as the scoring core returns it; only rescore writes it, and the columns below repeat its members. */
    judged: jsonb('judged').$type<KpiScore>(),
    value: doublePrecision('value').generatedAlwaysAs(sql`(judged -> 'latest' ->> 'value')::double precision`),
    slope: doublePrecision('slope').generatedAlwaysAs(sql`(judged -> 'trend' ->> 'slope')::double precision`),
    /** The day it counts as stale from, as text: days compare as text, and a cast to date is not immutable. */
    staleFrom: text('stale_from').generatedAlwaysAs(sql`judged ->> 'staleFrom'`),
    /** The timeline of the score as two lists: the days its segments begin ('' for the first), and the status of each. */
    statusFrom: text('status_from').array().generatedAlwaysAs(sql`timeline_days(judged)`),
    statusIs: text('status_is').array().generatedAlwaysAs(sql`timeline_statuses(judged)`),
    scoredAt: instant('scored_at'),
    scoringVersion: integer('scoring_version').notNull().default(scoringVersion),
  },
  (t) => [
    reference(t.tenantId, t.ownerUserId, () => users, 'kpis_owner_user'),
    reference(t.tenantId, t.ownerDepartmentId, () => departments, 'kpis_owner_department'),
    reference(t.tenantId, t.ownerTeamId, () => teams, 'kpis_owner_team'),
    reference(t.tenantId, t.departmentId, () => departments, 'kpis_department'),
    reference(t.tenantId, t.teamId, () => teams, 'kpis_team'),
    reference(t.tenantId, t.parentId, () => t, 'kpis_parent'),
    uniqueIndex('kpis_code').on(t.tenantId, t.code).where(sql`${t.deletedAt} is null`),
    check('kpis_one_owner', sql`num_nonnulls(${t.ownerUserId}, ${t.ownerDepartmentId}, ${t.ownerTeamId}) <= 1`),
    check('kpis_unit_kind', oneOf(t.unitKind, unitKinds)),
    check('kpis_direction', oneOf(t.direction, kpiDirections)),
    check('kpis_nature', oneOf(t.nature, kpiNatures)),
    check('kpis_level', oneOf(t.level, kpiLevels)),
    check('kpis_frequency', oneOf(t.frequency, kpiFrequencies)),
    check('kpis_aggregation', oneOf(t.aggregation, kpiAggregations)),
    check('kpis_rollup', oneOf(t.rollup, kpiRollups)),
    check('kpis_visibility', oneOf(t.visibility, visibilities)),
    check('kpis_state', oneOf(t.state, kpiStates)),
    index('kpis_owner_id').on(t.tenantId, t.ownerId),
    index('kpis_parent_id').on(t.tenantId, t.parentId),
    index('kpis_department_id').on(t.tenantId, t.departmentId),
    index('kpis_team_id').on(t.tenantId, t.teamId),
  ],
)

/** Which KPIs a formula reads: the way from an input to what must be worked out anew. */
export const kpiInputs = pgTable(
  'kpi_inputs',
  { tenantId: uuid('tenant_id').notNull(), kpiId: uuid('kpi_id').notNull(), inputId: uuid('input_id').notNull() },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.kpiId, t.inputId] }),
    reference(t.tenantId, t.kpiId, () => kpis, 'kpi_inputs_kpi'),
    reference(t.tenantId, t.inputId, () => kpis, 'kpi_inputs_input'),
    index('kpi_inputs_input_id').on(t.tenantId, t.inputId),
  ],
)
