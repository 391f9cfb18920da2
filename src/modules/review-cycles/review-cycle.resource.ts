import { z } from 'zod'
import { base, day, id, instant, name, text } from '../../api/fields.ts'
import { inputsOf, optional, required } from '../../api/inputs.ts'
import { resource } from '../../api/resource.ts'
import { relationship, reviewForm, reviewTemplate } from '../review-templates/review-template.resource.ts'
import { reviewCycleStates, reviewCycles } from './review-cycle.table.ts'

const ids = (most: number) => z.array(id).max(most)

const participants = z
  .strictObject({
    everybody: z.boolean(),
    userIds: ids(1_000),
    departmentIds: ids(200).meta({ description: 'With the departments below them.' }),
    teamIds: ids(200),
  })
  .meta({ id: 'ReviewParticipants', description: 'Who is reviewed: everybody active whom one of these names.' })

const deadlines = z
  .strictObject({ self: day.nullable(), manager: day.nullable(), peer: day.nullable(), upward: day.nullable() })
  .meta({ id: 'ReviewDeadlines', description: 'The last day to submit, by relationship.' })

export const externalRefs = z
  .array(
    z
      .strictObject({ system: z.string().trim().min(1).max(100), id: z.string().trim().min(1).max(200) })
      .meta({ id: 'ExternalRef' }),
  )
  .max(20)
  .meta({ description: 'The id of the same thing in other systems, one for each.' })

export const reviewCycleSchema = z
  .strictObject({
    ...base,
    name,
    description: text.nullable(),
    templateId: id,
    startsOn: day.meta({ description: 'The first day the reviews speak of.' }),
    endsOn: day,
    participants,
    relationships: z.array(relationship).max(4).meta({ description: 'Reviews the launch makes.' }),
    deadlines,
    okrCycleIds: ids(50).meta({ description: 'OKR cycles whose goals inform the reviews.' }),
    goalCutoffAt: instant.nullable().meta({ description: 'When the goals of everybody are looked at.' }),
    state: z.enum(reviewCycleStates).meta({ id: 'ReviewCycleState' }),
    form: reviewForm.nullable().meta({ description: 'The template as it was at launch.' }),
    launchedAt: instant.nullable(),
    closedAt: instant.nullable(),
    externalRefs,
  })
  .meta({ id: 'ReviewCycle', description: 'A round of reviews of a period.' })

const someParticipants = participants.partial().strict().meta({ id: 'ReviewParticipantsPatch' })
const someDeadlines = deadlines.partial().strict().meta({ id: 'ReviewDeadlinesPatch' })

export const reviewCycleInputs = inputsOf(
  reviewCycleSchema,
  {
    externalId: null,
    name: required,
    description: null,
    templateId: required,
    startsOn: required,
    endsOn: required,
    participants: optional,
    relationships: ['self', 'manager'],
    deadlines: optional,
    okrCycleIds: [],
    goalCutoffAt: null,
    externalRefs: [],
  },
  {
    create: { participants: someParticipants.optional(), deadlines: someDeadlines.optional() },
    update: { participants: someParticipants, deadlines: someDeadlines },
  },
)

export const reviewCycle = resource({
  name: 'ReviewCycle',
  path: 'review-cycles',
  type: 'review_cycle',
  schema: reviewCycleSchema,
  events: {
    launched: { summary: 'One ReviewCycle was launched', changes: { state: reviewCycleSchema.shape.state } },
    calibrating: { summary: 'One ReviewCycle is being calibrated', changes: { state: reviewCycleSchema.shape.state } },
    closed: { summary: 'One ReviewCycle was closed', changes: { state: reviewCycleSchema.shape.state } },
    goals_taken: { summary: 'The goals of everybody in one ReviewCycle were taken down' },
  },
  table: reviewCycles,
  scopes: { read: 'review:read', write: 'review:write' },
  visible: () => undefined,
  filters: ['externalId', 'state', 'templateId'],
  sorts: ['name', 'startsOn', 'endsOn'],
  search: ['name'],
  belongsTo: { template: { key: 'templateId', to: () => reviewTemplate, inverse: 'reviewCycles' } },
})
