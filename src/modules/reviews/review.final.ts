import { isDeepStrictEqual } from 'node:util'
import type { Context } from '../../api/operation.ts'
import { updateRows } from '../../api/store.ts'
import { query } from '../../db/statement.ts'
import { goalsAttained, meanRating, shareOnScale, weightedRating } from '../../scoring/index.ts'
import type { Relationship, ReviewForm } from '../review-templates/review-template.table.ts'
import { relationships } from '../review-templates/review-template.table.ts'
import { endsOf, labelled } from './review.rating.ts'
import { review } from './review.resource.ts'
import { type SnapshotBody, snapshotText } from './review.snapshot.ts'
import type { Rating, ReviewAnswer, reviews } from './review.table.ts'

/** Peer and upward answers speak for themselves only when it cannot be told who said what. */
export const fewestRespondents = 3

/** One part of a final rating. `withheld`: there are answers, but too few to show or to count them. */
export type Part = {
  part: Relationship | 'goals'
  weight: number
  rating: Rating | null
  respondents: number | null
  withheld: boolean
}

/** A submitted review, as far as the outcome is concerned. */
export type Said = Pick<
  typeof reviews.$inferSelect,
  | 'id'
  | 'relationship'
  | 'state'
  | 'rating'
  | 'finalRating'
  | 'calibration'
  | 'summary'
  | 'version'
  | 'goalSnapshotSha256'
> & {
  answers: ReviewAnswer[]
  /** Somebody reviews the subject as their manager, or is still to. */
  managed: boolean
}

/** What was submitted about one person in one cycle. */
export const saidOf = ({ db, actor }: Context, reviewCycleId: string, subjectId: string): Promise<Said[]> =>
  query(
    db,
    'reviews_said',
    `select id, relationship, state, rating, final_rating as "finalRating", calibration, summary, answers, version,
       goal_snapshot_sha256 as "goalSnapshotSha256", exists (select from reviews m where m.tenant_id = $1
         and m.review_cycle_id = $2 and m.subject_id = $3 and m.relationship = 'manager' and m.deleted_at is null) as managed
     from reviews where tenant_id = $1 and review_cycle_id = $2 and subject_id = $3
       and state in ('submitted', 'shared', 'acknowledged') and deleted_at is null order by submitted_at, id`,
    [actor.tenantId, reviewCycleId, subjectId],
  )

export const isAnonymous = (relationship: Relationship): boolean => relationship === 'peer' || relationship === 'upward'

/** The reviews that carry the outcome: those of the manager, or the self review of somebody no manager reviews. */
const carriesOutcome = ({ relationship, managed }: Said): boolean =>
  relationship === 'manager' || (relationship === 'self' && !managed)

/** Whether this review is submitted and carries the outcome. */
export const isRecord = (said: readonly Said[], id: string): boolean =>
  said.some((each) => each.id === id && carriesOutcome(each))

const goalsPart = async (ctx: Context, { scale, weights }: ReviewForm, said: readonly Said[]): Promise<Part> => {
  const hash = said.findLast(({ goalSnapshotSha256 }) => goalSnapshotSha256 !== null)?.goalSnapshotSha256
  const body = hash ? await snapshotText(ctx, hash) : undefined
  const attained = body ? goalsAttained((JSON.parse(body) as SnapshotBody).objectives) : null
  const rating = labelled(scale, shareOnScale(attained, endsOf(scale)))
  return { part: 'goals', weight: weights.goals, rating, respondents: null, withheld: false }
}

/** The parts of a person's final rating, by what was submitted. */
export const partsOf = async (ctx: Context, form: ReviewForm, said: readonly Said[]): Promise<Part[]> => {
  const byRelationship = relationships.map((part): Part => {
    const given = said.filter(({ relationship }) => relationship === part)
    const rated = given.flatMap(({ rating }) => rating?.value ?? [])
    const withheld = isAnonymous(part) && given.length > 0 && rated.length < fewestRespondents
    const rating = labelled(form.scale, meanRating(withheld ? [] : rated))
    return { part, weight: form.weights[part], rating, respondents: given.length, withheld }
  })
  return [...byRelationship, await goalsPart(ctx, form, said)]
}

/**
 * Works out a person's final rating anew, after something was submitted about them, on the reviews that carry it. What
 * was calibrated or shared stays as it is.
 */
export const settleFinal = async (
  ctx: Context,
  form: ReviewForm,
  { reviewCycleId, subjectId }: { reviewCycleId: string; subjectId: string },
): Promise<void> => {
  const said = await saidOf(ctx, reviewCycleId, subjectId)
  const parts = await partsOf(ctx, form, said)
  const value = weightedRating(parts.map(({ weight, rating }) => ({ weight, value: rating?.value ?? null })))
  const finalRating = labelled(form.scale, value)
  const open = said.filter(
    (each) =>
      carriesOutcome(each) &&
      each.state === 'submitted' &&
      each.calibration === null &&
      !isDeepStrictEqual(each.finalRating, finalRating),
  )
  if (open.length === 0) return
  const rows = open.map(({ id, version }) => ({ id, finalRating, version: version + 1, updatedAt: ctx.now }))
  await updateRows(ctx, review, ['finalRating', 'version', 'updatedAt'], rows)
}
