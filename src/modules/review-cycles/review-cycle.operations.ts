import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { canonicalInstant, id } from '../../api/fields.ts'
import { lockMany } from '../../api/find-many.ts'
import { type Context, operation } from '../../api/operation.ts'
import { inputProblem, Problem } from '../../api/problem.ts'
import { findOne, reads } from '../../api/reads.ts'
import { present } from '../../api/select.ts'
import { type Row, updateRows } from '../../api/store.ts'
import { type Change, writes } from '../../api/writes.ts'
import { dependentsOf } from '../directory/directory.queries.ts'
import { judgeRefs, requireFreeRefs } from '../reviews/review.judge.ts'
import { runsReviews } from '../reviews/review.rules.ts'
import { formOfTemplate, launchInput, makeReviews } from './review-cycle.launch.ts'
import { requireNamed } from './review-cycle.references.ts'
import { reviewCycle, reviewCycleInputs, reviewCycleSchema } from './review-cycle.resource.ts'
import type { reviewCycles } from './review-cycle.table.ts'

type ReviewCycle = typeof reviewCycles.$inferSelect
type State = ReviewCycle['state']

const nobody = { everybody: false, userIds: [], departmentIds: [], teamIds: [] }
const noDeadlines = { self: null, manager: null, peer: null, upward: null }

const toRow = (input: Row, before: ReviewCycle | null): Row => ({
  ...(before ? {} : { state: 'draft' }),
  ...(before && !('participants' in input)
    ? {}
    : { participants: { ...nobody, ...(input['participants'] as object | undefined) } }),
  ...(before && !('deadlines' in input)
    ? {}
    : { deadlines: { ...noDeadlines, ...(input['deadlines'] as object | undefined) } }),
  ...(input['goalCutoffAt'] ? { goalCutoffAt: canonicalInstant(input['goalCutoffAt'] as string) } : {}),
})

/** What was asked and of whom stands once it is asked. */
const fixedByLaunch = ['templateId', 'participants', 'relationships', 'okrCycleIds', 'goalCutoffAt'] as const

const judge = async (ctx: Context, { before, after }: Change<ReviewCycle>): Promise<void> => {
  judgeRefs(after.externalRefs)
  if (after.endsOn < after.startsOn) throw inputProblem('invalid_input', '/endsOn', 'the last day is before the first')
  const changed = fixedByLaunch.find((key) => !isDeepStrictEqual(before?.[key], after[key]))
  if (before && before.state !== 'draft' && changed)
    throw new Problem('invalid_transition', `A review cycle that is ${before.state} keeps its ${changed}`)
  await requireNamed(ctx, before, after)
}

/** Holds a review cycle alone, in one of these states. Throws 409 `invalid_transition`. */
const hold = async (ctx: Context, wanted: string, states: readonly State[], doing: string): Promise<ReviewCycle> => {
  const [row] = (await lockMany(ctx, reviewCycle, [wanted])) as ReviewCycle[]
  if (!row || row.deletedAt !== null) throw new Problem('not_found')
  if (!states.includes(row.state))
    throw new Problem('invalid_transition', `A review cycle that is ${row.state} cannot be ${doing}`)
  return row
}

const move = async (ctx: Context, row: ReviewCycle, changed: Partial<ReviewCycle> & { state: State }, verb: string) => {
  const after = { ...changed, id: row.id, version: row.version + 1, updatedAt: ctx.now }
  const [stored] = await updateRows(ctx, reviewCycle, [...Object.keys(changed), 'version', 'updatedAt'], [after])
  const subject = { type: 'review_cycle', id: row.id }
  ctx.emit({ type: `review_cycle.${verb}`, subject, changes: { state: [row.state, changed.state] } })
  return present(reviewCycle, stored ?? {}, ctx) as never
}

const action = {
  status: 200,
  scope: 'review:write',
  output: reviewCycleSchema,
  returns: 'ReviewCycle',
  find: (ctx: Context, input: { id: string }) => findOne(ctx, reviewCycle, input.id),
  allow: runsReviews,
} as const

export const reviewCycleOperations = [
  ...reads(reviewCycle),
  ...writes<ReviewCycle>({
    resource: reviewCycle,
    create: { input: reviewCycleInputs.create, allow: runsReviews },
    update: { input: reviewCycleInputs.update, allow: runsReviews },
    delete: { allow: runsReviews, dependents: (ctx, ids) => dependentsOf(ctx, ids, ['reviews.review_cycle_id']) },
    toRow,
    judge,
    settle: (ctx, changes) => requireFreeRefs(ctx, 'review_cycles', changes),
  }),
  operation({
    ...action,
    name: 'launchReviewCycle',
    summary: 'Launch a review cycle: make the reviews of its participants',
    rest: 'POST /review-cycles/:id/launch',
    input: z.strictObject({ id, input: launchInput }),
    run: async (ctx, { id: wanted, input }) => {
      const row = await hold(ctx, wanted, ['draft'], 'launched')
      const form = await formOfTemplate(ctx, row.templateId)
      await makeReviews(ctx, row, input.peers)
      return move(ctx, row, { state: 'active', form, launchedAt: ctx.now }, 'launched')
    },
  }),
  operation({
    ...action,
    name: 'calibrateReviewCycle',
    summary: 'End the writing of reviews and begin to calibrate their final ratings',
    rest: 'POST /review-cycles/:id/calibrate',
    input: z.strictObject({ id }),
    run: async (ctx, input) => {
      const row = await hold(ctx, input.id, ['active'], 'calibrated')
      return move(ctx, row, { state: 'calibration' }, 'calibrating')
    },
  }),
  operation({
    ...action,
    name: 'closeReviewCycle',
    summary: 'Close a review cycle: what was not submitted stays unsaid',
    rest: 'POST /review-cycles/:id/close',
    input: z.strictObject({ id }),
    run: async (ctx, input) => {
      const row = await hold(ctx, input.id, ['active', 'calibration'], 'closed')
      return move(ctx, row, { state: 'closed', closedAt: ctx.now }, 'closed')
    },
  }),
]
