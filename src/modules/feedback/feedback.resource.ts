import { type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import { base, id, instant, text } from '../../api/fields.ts'
import { inputsOf, optional, required } from '../../api/inputs.ts'
import { resource, type Sight } from '../../api/resource.ts'
import { objective } from '../objectives/objective.resource.ts'
import { inReadersLine, reviewSightOf } from '../reviews/review.visibility.ts'
import { user } from '../users/user.resource.ts'
import { feedbackKinds, feedbackStates, feedback as feedbackTable, feedbackVisibilities } from './feedback.table.ts'

export const feedbackSchema = z
  .strictObject({
    ...base,
    fromId: id,
    aboutId: id,
    objectiveId: id.nullable(),
    kind: z.enum(feedbackKinds).meta({ id: 'FeedbackKind' }),
    visibility: z.enum(feedbackVisibilities).meta({
      id: 'FeedbackVisibility',
      description: 'Beside who gives it: whom it is about, also their managers, or everybody.',
    }),
    state: z.enum(feedbackStates).meta({ id: 'FeedbackState' }),
    text: text.min(1).nullable().meta({ description: 'Null while it is only asked for.' }),
    requestedById: id.nullable(),
    givenAt: instant.nullable(),
  })
  .meta({ id: 'Feedback', description: 'What one person tells another between reviews.' })

/** Who gives it and about whom stands; a create without text asks for feedback. */
export const feedbackInputs = inputsOf(
  feedbackSchema,
  {
    externalId: null,
    fromId: optional,
    aboutId: required,
    objectiveId: null,
    kind: 'praise',
    visibility: 'subject',
    text: null,
  },
  { fixed: ['fromId', 'aboutId', 'objectiveId'] },
)

const me = sql`${sql.placeholder('userId')}::uuid`

const visible = (sight: Sight): SQL | undefined =>
  sight === 'everything'
    ? undefined
    : sql`(feedback.from_id = ${me} or feedback.requested_by_id = ${me} or (feedback.state = 'given' and (
        feedback.visibility = 'organization' or feedback.about_id = ${me}
        or (feedback.visibility = 'line' and ${inReadersLine('feedback.about_id')}))))`

export const feedback = resource({
  name: 'Feedback',
  path: 'feedback',
  listName: 'feedbackList',
  type: 'feedback',
  schema: feedbackSchema,
  table: feedbackTable,
  scopes: { read: 'review:read', write: 'review:write' },
  visible,
  sightOf: reviewSightOf,
  filters: ['externalId', 'fromId', 'aboutId', 'objectiveId', 'kind', 'state', 'requestedById'],
  sorts: ['givenAt'],
  belongsTo: {
    from: { key: 'fromId', to: () => user, inverse: 'feedbackGiven' },
    about: { key: 'aboutId', to: () => user, inverse: 'feedbackReceived' },
    objective: { key: 'objectiveId', to: () => objective, inverse: 'feedback' },
    requestedBy: { key: 'requestedById', to: () => user },
  },
})
