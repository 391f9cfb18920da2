import type { Context } from '../../api/operation.ts'
import { inputProblem, Problem } from '../../api/problem.ts'
import { reads } from '../../api/reads.ts'
import type { Row } from '../../api/store.ts'
import { type Change, writes } from '../../api/writes.ts'
import { hasRole } from '../../auth/rules.ts'
import { runsReviews } from '../reviews/review.rules.ts'
import { feedback, feedbackInputs } from './feedback.resource.ts'
import type { feedback as feedbackTable } from './feedback.table.ts'

type Feedback = typeof feedbackTable.$inferSelect

const speaks = hasRole('admin', 'hr', 'manager', 'member')
const isMachine = ({ actor }: Context): boolean => actor.roles.includes('integration')

/** Everybody gives feedback in their own name and asks others for it; HR asks too, and machines carry it over. */
const mayCreate = async (ctx: Context, { fromId, requestedById }: Feedback): Promise<boolean> => {
  if (isMachine(ctx)) return true
  if (ctx.actor.userId === null) return runsReviews(ctx, undefined)
  return (await speaks(ctx, undefined)) && (fromId === ctx.actor.userId || requestedById === ctx.actor.userId)
}

const mayChange = async (ctx: Context, { fromId }: Feedback): Promise<boolean> =>
  isMachine(ctx) || (fromId === ctx.actor.userId && (await speaks(ctx, undefined)))

/** Who gave or asked for it may take it back, and HR what should not be there. */
const mayDelete = async (ctx: Context, row: Feedback): Promise<boolean> =>
  (await mayChange(ctx, row)) || row.requestedById === ctx.actor.userId || (await runsReviews(ctx, row))

const toRow = (input: Row, before: Feedback | null, ctx: Context): Row => {
  const { userId } = ctx.actor
  const isGiven = (input['text'] ?? null) !== null
  if (before !== null) return isGiven && before.state === 'requested' ? { state: 'given', givenAt: ctx.now } : {}
  const fromId = input['fromId'] ?? userId
  if (fromId == null) throw inputProblem('invalid_input', '/fromId', 'who gives the feedback')
  return isGiven ? { fromId, state: 'given', givenAt: ctx.now } : { fromId, state: 'requested', requestedById: userId }
}

const judge = (ctx: Context, { before, after }: Change<Feedback>): void => {
  if (after.fromId === after.aboutId) throw inputProblem('invalid_input', '/aboutId', 'is about somebody else')
  if (before?.state === 'given' && after.text === null)
    throw inputProblem('invalid_input', '/text', 'what was given says something')
  const speaksForAnother = after.state === 'given' && after.fromId !== ctx.actor.userId && !isMachine(ctx)
  if (before === null && speaksForAnother) throw new Problem('forbidden', 'Feedback is given in your own name')
}

export const feedbackOperations = [
  ...reads(feedback),
  ...writes<Feedback>({
    resource: feedback,
    create: { input: feedbackInputs.create, allow: mayCreate },
    update: { input: feedbackInputs.update, allow: mayChange },
    delete: { allow: mayDelete },
    toRow,
    judge,
  }),
]
