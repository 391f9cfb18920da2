import { check, date, index, jsonb, text, uuid } from 'drizzle-orm/pg-core'
import { instant, oneOf, reference, resourceTable } from '../../db/columns.ts'
import { type Relationship, type ReviewForm, reviewTemplates } from '../review-templates/review-template.table.ts'

export const reviewCycleStates = ['draft', 'active', 'calibration', 'closed'] as const

/** Who is reviewed: everybody these name together, if active. */
export type Participants = { everybody: boolean; userIds: string[]; departmentIds: string[]; teamIds: string[] }
/** Last days by relationship. */
export type Deadlines = Record<Relationship, string | null>
/** The id of the same thing in another system. */
export type ExternalRef = { system: string; id: string }

export const reviewCycles = resourceTable(
  'review_cycles',
  {
    name: text('name').notNull(),
    description: text('description'),
    templateId: uuid('template_id').notNull(),
    startsOn: date('starts_on').notNull(),
    endsOn: date('ends_on').notNull(),
    participants: jsonb('participants').$type<Participants>().notNull(),
    relationships: text('relationships').array().$type<Relationship[]>().notNull(),
    deadlines: jsonb('deadlines').$type<Deadlines>().notNull(),
    /** OKR cycles whose goals inform the reviews. */
    okrCycleIds: uuid('okr_cycle_ids').array().notNull(),
    /** When the goals of everybody are looked at; at submission where it is null. */
    goalCutoffAt: instant('goal_cutoff_at'),
    state: text('state', { enum: reviewCycleStates }).notNull(),
    /** The template as it was at launch. */
    form: jsonb('form').$type<ReviewForm>(),
    launchedAt: instant('launched_at'),
    closedAt: instant('closed_at'),
    externalRefs: jsonb('external_refs').$type<ExternalRef[]>().notNull(),
  },
  (t) => [
    reference(t.tenantId, t.templateId, () => reviewTemplates, 'review_cycles_template'),
    check('review_cycles_state', oneOf(t.state, reviewCycleStates)),
    index('review_cycles_template_id').on(t.tenantId, t.templateId),
  ],
)
