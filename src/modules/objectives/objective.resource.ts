import { z } from 'zod'
import { base, day, id, instant, name, ratio, text } from '../../api/fields.ts'
import { inputsOf, optional, required } from '../../api/inputs.ts'
import { Problem } from '../../api/problem.ts'
import { type Resource, resource } from '../../api/resource.ts'
import { verdictOf } from '../../scoring/index.ts'
import { cycle } from '../cycles/cycle.resource.ts'
import { department } from '../departments/department.resource.ts'
import {
  commitment,
  derivedScore,
  goalEvents,
  goalState,
  ofScore,
  openingState,
  progressSource,
  scoreFields,
} from '../goals/goal.fields.ts'
import { computedHealth } from '../goals/goal.health.ts'
import { objectiveVisible } from '../goals/goal.visibility.ts'
import { organization, visibility } from '../organization/organization.resource.ts'
import { pillar } from '../pillars/pillar.resource.ts'
import { team } from '../teams/team.resource.ts'
import { user } from '../users/user.resource.ts'
import { objectives, ownerTypes } from './objective.table.ts'

const contributor = z
  .strictObject({ type: z.enum(['team', 'user']).meta({ id: 'ContributorType' }), id })
  .meta({ id: 'Contributor', description: 'A team or person working across.' })

export const verdict = z.enum(['achieved', 'partial', 'missed']).meta({ id: 'Verdict' })

export const objectiveSchema = z
  .strictObject({
    ...base,
    title: name,
    description: text.nullable(),
    rationale: text.nullable().meta({ description: 'Why it matters.' }),
    cycleId: id,
    pillarId: id.nullable(),
    ownerType: z.enum(ownerTypes).meta({ id: 'OwnerType' }),
    ownerId: id,
    contributors: z.array(contributor).max(50),
    commitment,
    state: goalState,
    progressSource,
    manualProgress: ratio.nullable(),
    visibility,
    watchedKpiIds: z.array(id).max(50).meta({ description: 'KPIs looked at beside it; they do not count in it.' }),
    tags: z.array(z.string().trim().min(1).max(100)).max(50),
    custom: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
      .meta({ description: 'Custom fields of the organization.' }),
    startsOn: day.nullable(),
    dueOn: day.nullable(),
    carriedFromId: id.nullable(),
    templateId: id.nullable().meta({ description: 'The OKR template it follows.' }),
    agreedAt: instant.nullable().meta({ description: 'When owner and lead agreed.' }),
    ...scoreFields,
    progressReason: z.string().nullable().meta({ description: 'Why progress is null.' }),
    coverage: ratio.nullable().meta({ description: 'The share of the weight that is backed by data.' }),
    grade: ratio.nullable(),
    gradeReason: text.nullable().meta({ description: 'Why the grade is another than the one suggested.' }),
    verdict: verdict.nullable(),
  })
  .meta({ id: 'Objective', description: 'What someone wants to achieve in a cycle.' })

/** In a PATCH null removes a custom value. */
const customPatch = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).nullable())

/** What callers may write. Where nothing is said, organization and cycle decide visibility and progressSource. */
export const objectiveInputs = inputsOf(
  objectiveSchema,
  {
    externalId: null,
    title: required,
    description: null,
    rationale: null,
    cycleId: required,
    pillarId: null,
    ownerType: 'organization',
    ownerId: optional,
    contributors: [],
    commitment: 'committed',
    state: 'active',
    progressSource: optional,
    manualProgress: null,
    visibility: optional,
    watchedKpiIds: [],
    tags: [],
    custom: {},
    templateId: null,
    startsOn: null,
    dueOn: null,
    agreedAt: null,
  },
  { create: { state: openingState.default('active') }, update: { custom: customPatch } },
)

export const objective: Resource<typeof objectives> = resource({
  name: 'Objective',
  path: 'objectives',
  type: 'objective',
  schema: objectiveSchema,
  table: objectives,
  scopes: { read: 'okr:read', write: 'okr:write' },
  visible: (sight) => objectiveVisible(sight, 'objectives'),
  events: goalEvents('Objective'),
  derived: {
    ...derivedScore,
    progressReason: ofScore((score) => score?.reason ?? null),
    verdict: {
      needs: ['grade', 'commitment'],
      of: ({ grade, commitment: promised }) => (grade === null ? null : verdictOf(grade, promised)),
    },
  },
  filters: [
    'externalId',
    'cycleId',
    'pillarId',
    'ownerType',
    'ownerId',
    'commitment',
    'state',
    'visibility',
    'tags',
    'carriedFromId',
    'health',
  ],
  computed: { health: computedHealth(objectives) },
  sorts: ['title', 'progress', 'health', 'dueOn', 'startsOn', 'scoredAt'],
  search: ['title', 'description'],
  judgeList: ({ sort, filters }) => {
    const owners = filters['ownerType'] as string[] | undefined
    const ranks = sort.find((key) => key === 'progress' || key === 'health')
    if (ranks && (!owners || owners.includes('user'))) {
      throw new Problem(
        'people_are_not_ranked',
        `Sort by ${ranks} only with ownerType organization, department or team`,
      )
    }
  },
  belongsTo: {
    cycle: { key: 'cycleId', to: () => cycle, inverse: 'objectives' },
    pillar: { key: 'pillarId', to: () => pillar, inverse: 'objectives' },
    carriedFrom: { key: 'carriedFromId', to: () => objective, inverse: 'carriedTo' },
  },
  polymorphic: {
    owner: {
      type: 'ownerType',
      key: 'ownerId',
      to: () => ({ organization, department, team, user }),
      inverse: 'objectives',
    },
  },
})
