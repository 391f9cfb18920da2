import { z } from 'zod'
import { base, day, id, name } from '../../api/fields.ts'
import { inputsOf, required } from '../../api/inputs.ts'
import { type Resource, resource } from '../../api/resource.ts'
import { progressSource } from '../goals/goal.fields.ts'
import { policy, policyInput, policyPatch, wholePolicy } from '../organization/organization.resource.ts'
import { cycleKinds, cycleStates, cycles } from './cycle.table.ts'

const cyclePolicy = policy.extend({ progressSource: progressSource.nullable() }).strict().meta({
  id: 'CyclePolicy',
  description: "Where this cycle departs from the organization's policy; null is no departure.",
})

const cyclePolicyInput = policyInput
  .extend({ progressSource: progressSource.optional() })
  .strict()
  .meta({ id: 'CyclePolicyInput' })

/** In a PATCH null takes a member back to the organization's. */
const cyclePolicyPatch = policyPatch
  .extend({ progressSource: progressSource.nullable().optional() })
  .strict()
  .meta({ id: 'CyclePolicyPatch' })

export const cycleSchema = z
  .strictObject({
    ...base,
    name,
    kind: z.enum(cycleKinds).meta({ id: 'CycleKind' }),
    startsOn: day,
    endsOn: day,
    parentId: id.nullable(),
    state: z
      .enum(cycleStates)
      .meta({ id: 'CycleState', description: 'A closing cycle still takes check-ins, a closed one refuses them.' }),
    policy: cyclePolicy,
  })
  .meta({ id: 'Cycle', description: 'A span of time goals are set for; quarters lie inside years.' })

/** What callers may write. The parent is fixed: it decides which goal graph everything in the cycle belongs to. */
export const cycleInputs = inputsOf(
  cycleSchema,
  {
    externalId: null,
    name: required,
    kind: required,
    startsOn: required,
    endsOn: required,
    parentId: null,
    state: 'active',
    policy: {},
  },
  {
    fixed: ['parentId'],
    create: { policy: cyclePolicyInput.default({}) },
    update: { policy: cyclePolicyPatch },
  },
)

export const cycle: Resource<typeof cycles> = resource({
  name: 'Cycle',
  path: 'cycles',
  type: 'cycle',
  schema: cycleSchema,
  table: cycles,
  scopes: { read: 'okr:read', write: 'okr:write' },
  visible: () => undefined,
  events: {
    closed: { summary: 'One Cycle was closed, with all its goals', changes: { state: cycleSchema.shape.state } },
  },
  derived: {
    policy: { needs: ['policy'], of: ({ policy: own }) => ({ ...wholePolicy, progressSource: null, ...own }) },
  },
  filters: ['externalId', 'kind', 'state', 'parentId'],
  sorts: ['name', 'startsOn', 'endsOn'],
  search: ['name'],
  belongsTo: { parent: { key: 'parentId', to: () => cycle, inverse: 'children' } },
})
