import { z } from 'zod'
import type { Context } from '../../api/operation.ts'
import { inputProblem } from '../../api/problem.ts'
import { findOne, reads } from '../../api/reads.ts'
import type { Row } from '../../api/store.ts'
import { type Change, writes } from '../../api/writes.ts'
import { checkIn } from '../check-ins/check-in.resource.ts'
import { mayReportOn } from '../goals/goal.rules.ts'
import { goalsOf, requireSubject, type Subject, subjectColumns } from '../goals/goal.subject.ts'
import { blocker, blockerSchema } from './blocker.resource.ts'
import type { blockers } from './blocker.table.ts'

type Blocker = typeof blockers.$inferSelect

const { externalId, subjectType, subjectId, checkInId, title, description, severity, ownerId, state } =
  blockerSchema.shape

const createInput = z.strictObject({
  externalId: externalId.default(null),
  subjectType,
  subjectId,
  checkInId: checkInId.default(null),
  title,
  description: description.default(null),
  severity: severity.default('medium'),
  ownerId: ownerId.default(null),
  state: state.default('open'),
})

const updateInput = z.strictObject({ externalId, checkInId, title, description, severity, ownerId, state }).partial()

/** Raising one takes what a check-in takes. */
const mayRaise = async (ctx: Context, row: Blocker): Promise<boolean> => mayReportOn(ctx, await goalsOf(ctx, row))

/** Whoever is to clear it away may say so, too. */
const mayChange = async (ctx: Context, row: Blocker): Promise<boolean> =>
  (row.ownerId !== null && row.ownerId === ctx.actor.userId && ctx.actor.roles.includes('member')) || mayRaise(ctx, row)

const toRow = (input: Row, before: Blocker | null, ctx: Context): Row => ({
  ...(before ? {} : subjectColumns(input as Subject)),
  ...(input['state'] === undefined || input['state'] === before?.state
    ? {}
    : { resolvedAt: input['state'] === 'resolved' ? ctx.now : null }),
})

const judge = async (ctx: Context, { before, after }: Change<Blocker>): Promise<void> => {
  if (!before) await requireSubject(ctx, after)
  if (after.checkInId === null || after.checkInId === before?.checkInId) return
  const raised = await findOne(ctx, checkIn, after.checkInId)
  if (raised?.['keyResultId'] !== after.keyResultId)
    throw inputProblem('invalid_input', '/checkInId', 'is a check-in on something else')
}

export const blockerOperations = [
  ...reads(blocker),
  ...writes<Blocker>({
    resource: blocker,
    create: { input: createInput, allow: mayRaise },
    update: { input: updateInput, allow: mayChange },
    delete: { allow: mayChange },
    toRow,
    judge,
  }),
]
