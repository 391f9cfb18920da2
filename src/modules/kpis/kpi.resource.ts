import { z } from 'zod'
import { base, day, id, name, quantity, text } from '../../api/fields.ts'
import { inputsOf, optional, required } from '../../api/inputs.ts'
import { type Resource, resource } from '../../api/resource.ts'
import { department } from '../departments/department.resource.ts'
import { objectiveVisible } from '../goals/goal.visibility.ts'
import { objectiveSchema } from '../objectives/objective.resource.ts'
import { organization, visibility } from '../organization/organization.resource.ts'
import { team } from '../teams/team.resource.ts'
import { user } from '../users/user.resource.ts'
import {
  kpiAggregation,
  kpiComputed,
  kpiDerived,
  kpiDirection,
  kpiFrequency,
  kpiLevel,
  kpiNature,
  kpiRollup,
  kpiScoreFields,
  kpiState,
  unitKind,
} from './kpi.fields.ts'
import { kpis } from './kpi.table.ts'

const { ownerType, ownerId, tags, custom } = objectiveSchema.shape

export const kpiSchema = z
  .strictObject({
    ...base,
    code: z.string().trim().min(1).max(100).meta({ description: 'Names it in formulas and imports; unique.' }),
    name,
    description: text.nullable(),
    unitKind,
    unit: z.string().trim().min(1).max(50).nullable(),
    direction: kpiDirection,
    nature: kpiNature,
    level: kpiLevel,
    ownerType,
    ownerId,
    departmentId: id.nullable(),
    teamId: id.nullable(),
    parentId: id.nullable().meta({ description: 'The KPI above it in the cascade.' }),
    driverIds: z.array(id).max(50).meta({ description: 'Leading KPIs believed to move it.' }),
    frequency: kpiFrequency,
    aggregation: kpiAggregation,
    rollup: kpiRollup.nullable().meta({ description: 'Null: what has only members has no total.' }),
    formula: z.string().trim().min(1).max(2_000).nullable().meta({ description: 'Worked out from other KPIs.' }),
    benchmark: quantity.nullable().meta({ description: 'What others reach.' }),
    contingency: text.nullable().meta({ description: 'What to do at the red line.' }),
    reviewOn: day.nullable().meta({ description: 'When to ask whether it is still the right measure.' }),
    visibility,
    tags,
    custom,
    state: kpiState,
    ...kpiScoreFields,
  })
  .meta({ id: 'Kpi', description: 'A dial on the dashboard: a lasting health metric.' })

/** In a PATCH null removes a custom value. */
const customPatch = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).nullable())

/** What callers may write. Where nothing is said the organization decides visibility, the aggregation the roll-up. */
export const kpiInputs = inputsOf(
  kpiSchema,
  {
    externalId: null,
    code: required,
    name: required,
    description: null,
    unitKind: 'number',
    unit: null,
    direction: 'up',
    nature: 'lagging',
    level: 'operational',
    ownerType: 'organization',
    ownerId: optional,
    departmentId: null,
    teamId: null,
    parentId: null,
    driverIds: [],
    frequency: 'month',
    aggregation: 'last',
    rollup: optional,
    formula: null,
    benchmark: null,
    contingency: null,
    reviewOn: null,
    visibility: optional,
    tags: [],
    custom: {},
    state: 'active',
  },
  { update: { custom: customPatch } },
)

export const kpi: Resource<typeof kpis> = resource({
  name: 'Kpi',
  path: 'kpis',
  type: 'kpi',
  schema: kpiSchema,
  events: {
    value_changed: { summary: 'The latest value of one Kpi is another one', changes: { value: kpiSchema.shape.value } },
    status_changed: { summary: 'One Kpi has another status', changes: { status: kpiSchema.shape.status } },
    promoted: { summary: 'One Kpi became a key result of a new objective' },
    measurements_imported: {
      summary: 'Measurements of one Kpi were imported from a file',
      changes: { points: z.int().meta({ description: 'How many were recorded, corrected or given another note.' }) },
    },
  },
  table: kpis,
  scopes: { read: 'kpi:read', write: 'kpi:write' },
  visible: (sight) => objectiveVisible(sight, 'kpis'),
  derived: kpiDerived,
  filters: [
    'externalId',
    'code',
    'ownerType',
    'ownerId',
    'departmentId',
    'teamId',
    'parentId',
    'nature',
    'level',
    'frequency',
    'visibility',
    'tags',
    'state',
    'status',
    'stale',
  ],
  computed: kpiComputed,
  sorts: ['code', 'name', 'status', 'reviewOn', 'scoredAt'],
  search: ['code', 'name', 'description'],
  belongsTo: {
    department: { key: 'departmentId', to: () => department, inverse: 'kpis' },
    team: { key: 'teamId', to: () => team, inverse: 'kpis' },
    parent: { key: 'parentId', to: () => kpi, inverse: 'children' },
  },
  polymorphic: {
    owner: {
      type: 'ownerType',
      key: 'ownerId',
      to: () => ({ organization, department, team, user }),
      inverse: 'ownedKpis',
    },
  },
})
