import type { Context } from '../../api/operation.ts'
import { query } from '../../db/statement.ts'
import type { reviewCycles } from '../review-cycles/review-cycle.table.ts'
import type { reviews } from '../reviews/review.table.ts'

type Review = typeof reviews.$inferSelect
type ReviewCycle = typeof reviewCycles.$inferSelect

/** A review with its cycle; `updatedAt` is that of whichever changed last. */
export type ReviewWithCycle = Pick<
  Review,
  | 'id'
  | 'externalId'
  | 'externalRefs'
  | 'subjectId'
  | 'reviewerId'
  | 'relationship'
  | 'state'
  | 'dueOn'
  | 'answers'
  | 'rating'
  | 'finalRating'
  | 'summary'
  | 'submittedAt'
  | 'sharedAt'
  | 'acknowledgedAt'
  | 'createdAt'
  | 'updatedAt'
  | 'deletedAt'
> & {
  cycle: Pick<
    ReviewCycle,
    'id' | 'externalId' | 'externalRefs' | 'name' | 'startsOn' | 'endsOn' | 'state' | 'templateId' | 'form'
  >
}

/** Which rows of a page: behind this id, changed after this instant, tombstones too. */
export type Page = { after: string | null; updatedAfter: string | null; includeDeleted: boolean; limit: number }

const reviewMembers = `
  r.id, r.external_id as "externalId", r.external_refs as "externalRefs", r.subject_id as "subjectId",
  r.reviewer_id as "reviewerId", r.relationship, r.state, r.due_on as "dueOn", r.answers, r.rating,
  r.final_rating as "finalRating", r.summary, r.submitted_at as "submittedAt", r.shared_at as "sharedAt",
  r.acknowledged_at as "acknowledgedAt", r.created_at as "createdAt", greatest(r.updated_at, c.updated_at) as "updatedAt",
  r.deleted_at as "deletedAt",
  jsonb_build_object('id', c.id, 'externalId', c.external_id, 'externalRefs', c.external_refs, 'name', c.name,
    'startsOn', c.starts_on, 'endsOn', c.ends_on, 'state', c.state, 'templateId', c.template_id, 'form', c.form) as cycle`

/** Reviews by id, a page at a time. A change of their cycle counts as one of theirs. */
export const reviewsPage = (
  { db, actor }: Context,
  { after, updatedAfter, includeDeleted, limit }: Page,
  cycleIds: readonly string[] | null,
): Promise<ReviewWithCycle[]> =>
  query(
    db,
    'hris_reviews',
    `select ${reviewMembers} from reviews r join review_cycles c on c.tenant_id = $1 and c.id = r.review_cycle_id
     where r.tenant_id = $1 and ($2::uuid is null or r.id > $2) and ($3::timestamptz is null or greatest(r.updated_at, c.updated_at) > $3)
       and ($4 or r.deleted_at is null) and ($5::uuid[] is null or r.review_cycle_id = any($5)) order by r.id limit $6`,
    [actor.tenantId, after, updatedAfter, includeDeleted, cycleIds, limit],
  )

/** One review, whoever asks: the operation has decided. */
export const reviewWithCycle = async ({ db, actor }: Context, id: string): Promise<ReviewWithCycle | undefined> =>
  (
    await query<ReviewWithCycle>(
      db,
      'hris_review',
      `select ${reviewMembers} from reviews r join review_cycles c on c.tenant_id = $1 and c.id = r.review_cycle_id
       where r.tenant_id = $1 and r.id = $2`,
      [actor.tenantId, id],
    )
  )[0]

/** Review cycles by id, a page at a time. */
export const cyclesPage = (
  { db, actor }: Context,
  { after, updatedAfter, includeDeleted, limit }: Page,
): Promise<ReviewCycle[]> =>
  query(
    db,
    'hris_cycles',
    `select id, external_id as "externalId", external_refs as "externalRefs", name, description, starts_on as "startsOn",
       ends_on as "endsOn", state, template_id as "templateId", deadlines, form, launched_at as "launchedAt",
       closed_at as "closedAt", created_at as "createdAt", updated_at as "updatedAt", deleted_at as "deletedAt"
     from review_cycles where tenant_id = $1 and ($2::uuid is null or id > $2) and ($3::timestamptz is null or updated_at > $3)
       and ($4 or deleted_at is null) order by id limit $5`,
    [actor.tenantId, after, updatedAfter, includeDeleted, limit],
  )

/** The live review another system knows by this id, or we do where no system is named. */
export const reviewByRef = async (
  { db, actor }: Context,
  externalId: string,
  system: string | undefined,
): Promise<{ id: string } | undefined> =>
  (
    await query<{ id: string }>(
      db,
      'review_by_ref',
      `select id from reviews where tenant_id = $1 and deleted_at is null and case when $3::text is null then external_id = $2
         else external_refs @> jsonb_build_array(jsonb_build_object('system', $3::text, 'id', $2::text)) end`,
      [actor.tenantId, externalId, system ?? null],
    )
  )[0]
