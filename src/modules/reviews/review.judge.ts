import { isDeepStrictEqual } from 'node:util'
import type { Context } from '../../api/operation.ts'
import { inputProblem, Problem } from '../../api/problem.ts'
import { comesBack } from '../../api/references.ts'
import type { Change } from '../../api/writes.ts'
import { query } from '../../db/statement.ts'
import { heldCycle } from '../review-cycles/review-cycle.queries.ts'
import type { ExternalRef } from '../review-cycles/review-cycle.table.ts'
import { contentOf } from './review.input.ts'
import { runsReviews, writesReview } from './review.rules.ts'
import type { reviews } from './review.table.ts'

type Review = typeof reviews.$inferSelect

/** Members that say who writes a review by when, and where else it is kept: not for its author to change. */
const assignment = ['externalId', 'reviewerId', 'dueOn', 'externalRefs'] as const

const moved = (keys: readonly (keyof Review)[], before: Review, after: Review): keyof Review | undefined =>
  keys.find((key) => !isDeepStrictEqual(before[key], after[key]))

/** One id for each system. Throws 422. */
export const judgeRefs = (refs: readonly ExternalRef[]): void => {
  const at = refs.findIndex(({ system }, place) => refs.findIndex((other) => other.system === system) < place)
  if (at > 0) throw inputProblem('invalid_input', `/externalRefs/${at}/system`, 'the system stands twice')
}

const judgeNew = (ctx: Context, { reviewCycleId }: Review): void => {
  const state = heldCycle(ctx, reviewCycleId)?.state
  if (state === 'calibration' || state === 'closed')
    throw new Problem('invalid_transition', `A review cycle in state ${state} takes no more reviews`)
}

const judgeContent = (ctx: Context, before: Review, changed: string): void => {
  if (!writesReview(ctx, before)) throw new Problem('forbidden', 'What a review says is for its reviewer to say')
  if (heldCycle(ctx, before.reviewCycleId)?.state !== 'active')
    throw new Problem('invalid_transition', 'Reviews are written while their cycle is active')
  if (before.state !== 'pending' && before.state !== 'in_progress')
    throw new Problem('invalid_transition', `A review that is ${before.state} keeps its ${changed}`)
}

/** What may change, by whom and when. Throws 403, 409 and 422. */
export const judgeReview = async (ctx: Context, { before, after }: Change<Review>): Promise<void> => {
  judgeRefs(after.externalRefs)
  if ((after.relationship === 'self') !== (after.subjectId === after.reviewerId))
    throw inputProblem('invalid_input', '/reviewerId', 'a self review is written by its subject, and no other is')
  if (before === null) return judgeNew(ctx, after)
  if (comesBack(before, after) && !(await runsReviews(ctx, before))) throw new Problem('forbidden')
  const changed = moved(contentOf, before, after)
  if (changed) judgeContent(ctx, before, changed)
  const assigned = moved(assignment, before, after)
  if (assigned && !(await runsReviews(ctx, before)))
    throw new Problem('forbidden', `${assigned} is for those who run reviews`)
  if (after.reviewerId !== before.reviewerId && before.state !== 'pending')
    throw new Problem('invalid_transition', 'A review that was begun keeps its reviewer')
}

/** An id of another system names one live row. Throws 409 `external_id_taken`. */
export const requireFreeRefs = async (
  { db, actor }: Context,
  table: 'reviews' | 'review_cycles',
  changes: readonly Change<{ id: string; deletedAt: string | null; externalRefs: ExternalRef[] }>[],
): Promise<void> => {
  const refs = changes.flatMap(({ after }) =>
    after.deletedAt === null ? after.externalRefs.map((ref) => ({ ...ref, row: after.id })) : [],
  )
  if (refs.length === 0) return
  const [taken] = await query<{ system: string; id: string }>(
    db,
    `refs_taken_${table}`,
    `select v.system, v.id from jsonb_to_recordset($2) as v (system text, id text, "row" uuid)
     join ${table} t on t.tenant_id = $1 and t.deleted_at is null and t.id <> v."row"
       and t.external_refs @> jsonb_build_array(jsonb_build_object('system', v.system, 'id', v.id)) limit 1`,
    [actor.tenantId, JSON.stringify(refs)],
  )
  if (taken) throw new Problem('external_id_taken', `${taken.id} of ${taken.system} is in use`)
}
