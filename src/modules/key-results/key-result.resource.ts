import { z } from 'zod'
import { base, day, id, name, quantity, ratio, text, weight } from '../../api/fields.ts'
import { type Resource, resource } from '../../api/resource.ts'
import { checkIn } from '../check-ins/check-in.resource.ts'
import { derivedScore, goalEvents, goalState, ofScore, scoreFields } from '../goals/goal.fields.ts'
import { computedHealth } from '../goals/goal.health.ts'
import { visibleThroughObjective } from '../goals/goal.visibility.ts'
import { kpi } from '../kpis/kpi.resource.ts'
import { objective } from '../objectives/objective.resource.ts'
import { cadence } from '../organization/organization.resource.ts'
import { user } from '../users/user.resource.ts'
import {
  dataStates,
  keyResultRoles,
  keyResults,
  kinds,
  kpiWindows,
  sources,
  thresholdModes,
} from './key-result.table.ts'

const waypoint = z
  .strictObject({ date: day, value: quantity })
  .meta({ id: 'Waypoint', description: 'Where the value should be on a day between baseline and target.' })

export const step = z
  .strictObject({ id, title: name, weight, dueOn: day.nullable(), done: z.boolean() })
  .meta({ id: 'Step', description: 'A part of a milestone.' })

const zone = z
  .strictObject({ name: z.string().trim().min(1).max(50), value: ratio })
  .meta({ id: 'Zone', description: 'A named level, lowest first.' })

export const keyResultSchema = z
  .strictObject({
    ...base,
    objectiveId: id,
    title: name,
    ownerId: id.nullable(),
    kind: z.enum(kinds).meta({ id: 'KeyResultKind', description: 'How a reading becomes progress.' }),
    source: z.enum(sources).meta({ id: 'KeyResultSource', description: 'Where the readings come from.' }),
    kpiId: id.nullable().meta({ description: 'The KPI it follows, where that is its source.' }),
    kpiWindow: z
      .enum(kpiWindows)
      .meta({ id: 'KpiWindow', description: 'The KPI at its latest value, or what it makes over the cycle to date.' })
      .nullable(),
    role: z
      .enum(keyResultRoles)
      .meta({ id: 'KeyResultRole', description: 'A guardrail has no part in progress; it warns.' }),
    state: goalState,
    weight,
    unit: z.string().trim().min(1).max(50).nullable(),
    baseline: quantity.nullable(),
    target: quantity.nullable(),
    waypoints: z.array(waypoint).max(400).nullable(),
    min: quantity.nullable(),
    max: quantity.nullable(),
    exclusive: z.boolean().nullable(),
    mode: z.enum(thresholdModes).meta({ id: 'ThresholdMode' }).nullable(),
    period: cadence.nullable(),
    steps: z.array(step).max(200).nullable(),
    zones: z.array(zone).max(20).nullable(),
    cadence,
    startsOn: day.nullable(),
    dueOn: day.nullable(),
    value: quantity.nullable().meta({ description: 'The latest reading, in the unit.' }),
    zone: z.string().nullable().meta({ description: 'The latest zone of an ordinal key result.' }),
    attainment: z
      .number()
      .nullable()
      .meta({ description: 'Raw movement from baseline to target: 1.33 is 133 %, -0.2 the wrong way.' }),
    ...scoreFields,
    dataState: z.enum(dataStates).meta({ id: 'DataState' }),
    lastCheckInId: id.nullable(),
    grade: ratio.nullable(),
    gradeReason: text.nullable().meta({ description: 'Why the grade is another than the one suggested.' }),
  })
  .meta({ id: 'KeyResult', description: 'A measure that says whether an objective is met.' })

export const keyResult: Resource<typeof keyResults> = resource({
  name: 'KeyResult',
  path: 'key-results',
  type: 'key_result',
  schema: keyResultSchema,
  table: keyResults,
  scopes: { read: 'okr:read', write: 'okr:write' },
  visible: (sight) => visibleThroughObjective(sight, 'key_results.objective_id'),
  events: {
    ...goalEvents('KeyResult'),
    revised: { summary: 'The definition of one KeyResult moved after its first reading' },
    graduated: { summary: 'One reached KeyResult became a Kpi' },
  },
  derived: {
    ...derivedScore,
    value: ofScore((score) => score?.value ?? null),
    dataState: ofScore((score) => score?.dataState ?? 'no_data'),
  },
  filters: ['externalId', 'objectiveId', 'ownerId', 'kind', 'source', 'kpiId', 'role', 'state', 'cadence', 'health'],
  computed: { health: computedHealth(keyResults) },
  sorts: ['title', 'weight', 'health', 'dueOn', 'startsOn', 'scoredAt'],
  search: ['title'],
  belongsTo: {
    objective: { key: 'objectiveId', to: () => objective, inverse: 'keyResults' },
    owner: { key: 'ownerId', to: () => user, inverse: 'keyResults' },
    kpi: { key: 'kpiId', to: () => kpi, inverse: 'keyResults' },
    lastCheckIn: { key: 'lastCheckInId', to: () => checkIn },
  },
})
