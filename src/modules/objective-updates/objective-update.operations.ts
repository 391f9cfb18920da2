import { z } from 'zod'
import { canonicalInstant, id } from '../../api/fields.ts'
import type { Context } from '../../api/operation.ts'
import { inputProblem } from '../../api/problem.ts'
import { reads } from '../../api/reads.ts'
import type { Row } from '../../api/store.ts'
import { type Change, writes } from '../../api/writes.ts'
import { query } from '../../db/statement.ts'
import { authorOf } from '../goals/goal.author.ts'
import { nested } from '../goals/goal.nested.ts'
import { rescore } from '../goals/goal.rescore.ts'
import { mayChangeObjectiveOf, mayReportOn } from '../goals/goal.rules.ts'
import { heldBy, lockForWrite } from '../goals/goal.write.ts'
import { objective } from '../objectives/objective.resource.ts'
import { objectiveUpdate, objectiveUpdateSchema } from './objective-update.resource.ts'
import type { objectiveUpdates } from './objective-update.table.ts'

type Update = typeof objectiveUpdates.$inferSelect

const { externalId, objectiveId, text, reportedHealth, effectiveAt } = objectiveUpdateSchema.shape

const createInput = z.strictObject({
  externalId: externalId.default(null),
  objectiveId,
  text,
  reportedHealth: reportedHealth.default(null),
  effectiveAt: effectiveAt.optional().meta({ description: 'When it was true; now unless said.' }),
  authorId: id.optional().meta({ description: 'Administrators and machines may speak for a person.' }),
})

const updateInput = z.strictObject({ externalId, text, reportedHealth, effectiveAt }).partial()

const dayMilliseconds = 86_400_000

const toRow = async (input: Row, before: Update | null, ctx: Context): Promise<Row> => {
  const at = input['effectiveAt'] as string | undefined
  // Clocks differ, but nobody tells how next week went.
  if (at && Date.parse(at) > Date.parse(ctx.now) + dayMilliseconds)
    throw inputProblem('not_yet', '/effectiveAt', 'lies in the future')
  if (before) return at ? { effectiveAt: canonicalInstant(at) } : {}
  const author = await authorOf(ctx, input['authorId'] as string | undefined)
  return { ...author, effectiveAt: at ? canonicalInstant(at) : ctx.now }
}

const mayChange = async (ctx: Context, { authorId, objectiveId: of }: Update): Promise<boolean> =>
  authorId === ctx.actor.id || authorId === ctx.actor.userId || mayChangeObjectiveOf(ctx, of)

const lock = async (ctx: Context, { ids, inputs }: { ids: string[]; inputs: Row[] }): Promise<void> => {
  const rows = await query<{ id: string }>(
    ctx.db,
    'objectives_of_updates',
    'select objective_id as id from objective_updates where tenant_id = $1 and id = any($2)',
    [ctx.actor.tenantId, ids],
  )
  const named = inputs.flatMap((input) => (typeof input['objectiveId'] === 'string' ? [input['objectiveId']] : []))
  await lockForWrite(ctx, { objectiveIds: [...rows.map((row) => row.id), ...named] })
}

/** What a person reports is part of the objective's health. */
const settle = async (ctx: Context, changes: Change<Update>[]): Promise<void> => {
  const causes = new Map(changes.map(({ after }) => [after.objectiveId, after.id]))
  const first = changes[0]?.after.id ?? ''
  await rescore(ctx, heldBy(ctx), { objectiveIds: [...causes.keys()] }, (of) => ({
    type: 'objective_update',
    id: causes.get(of) ?? first,
  }))
}

export const objectiveUpdateOperations = nested(
  [
    ...reads(objectiveUpdate),
    ...writes<Update>({
      resource: objectiveUpdate,
      create: { input: createInput, allow: (ctx, row) => mayReportOn(ctx, { objectiveIds: [row.objectiveId] }) },
      update: { input: updateInput, allow: mayChange },
      delete: { allow: mayChange },
      lock,
      toRow,
      settle,
    }),
  ],
  { resource: objectiveUpdate, parent: objective, key: 'objectiveId', path: 'updates', list: 'updatesOfObjective' },
)
