import { z } from 'zod'
import { batchOf } from '../../api/batch.ts'
import { id } from '../../api/fields.ts'
import { findMany } from '../../api/find-many.ts'
import { type Context, operation } from '../../api/operation.ts'
import { Problem } from '../../api/problem.ts'
import { findOne, reads } from '../../api/reads.ts'
import { present } from '../../api/select.ts'
import { tombstone } from '../../api/writes.ts'
import { anyone } from '../../auth/rules.ts'
import { healthToday } from '../goals/goal.fields.ts'
import { lastZone } from '../goals/goal.readings.ts'
import { mayChangeObjectiveOf } from '../goals/goal.rules.ts'
import { keyResult, keyResultSchema } from '../key-results/key-result.resource.ts'
import {
  type CheckIn,
  type CheckInItem,
  checkInItem,
  createCheckInInput,
  updateCheckInInput,
} from './check-in.input.ts'
import { record, takeBack } from './check-in.record.ts'
import { checkIn, checkInSchema } from './check-in.resource.ts'

const rescored = keyResultSchema
  .pick({
    id: true,
    state: true,
    value: true,
    zone: true,
    attainment: true,
    progress: true,
    dataState: true,
    health: true,
  })
  .strict()
  .meta({ id: 'RescoredKeyResult', description: 'What the check-in did to its key result.' })

const recorded = checkInSchema
  .extend({ keyResult: rescored })
  .strict()
  .meta({ id: 'RecordedCheckIn', description: 'A check-in, with its key result as it is now.' })

/** Check-ins as they are answered, each with its key result as it is now. */
const many = async (ctx: Context, items: CheckInItem[]): Promise<z.output<typeof recorded>[]> => {
  const { checkIns, rescored: found } = await record(ctx, items)
  return checkIns.map((row) => {
    const of = found.keyResults.get(row.keyResultId)
    const score = found.scores.get(row.keyResultId)
    if (!of || !score) throw new Problem('not_found')
    const { value, attainment, progress, dataState } = score
    const zone = lastZone(found.readings.get(of.id))
    const health = healthToday(score, ctx.today)
    const keyResultNow = { id: of.id, state: of.state, value, zone, attainment, progress, dataState, health }
    return { ...present(checkIn, row, ctx), keyResult: keyResultNow } as never
  })
}

const one = async (ctx: Context, item: CheckInItem): Promise<z.output<typeof recorded>> =>
  (await many(ctx, [item]))[0] as z.output<typeof recorded>

const common = { scope: 'okr:write', output: recorded, returns: 'CheckIn', allow: anyone } as const

export const checkInOperations = [
  ...reads(checkIn),
  operation({
    ...common,
    name: 'createCheckIn',
    summary: 'Check in on a key result',
    rest: 'POST /key-results/:keyResultId/check-ins',
    input: z.strictObject({ keyResultId: id, input: createCheckInInput }),
    run: (ctx, { keyResultId, input }) => one(ctx, { ...input, keyResultId }),
    together: (ctx, calls) =>
      many(
        ctx,
        calls.map(({ keyResultId, input }) => ({ ...input, keyResultId })),
      ),
  }),
  operation({
    ...common,
    name: 'updateCheckIn',
    summary: 'Correct a check-in: a new one takes its place',
    rest: 'PATCH /check-ins/:id',
    input: z.strictObject({ id, input: updateCheckInInput }),
    find: async (ctx, { id: wanted }) => (await findOne(ctx, checkIn, wanted)) as CheckIn | undefined,
    run: (ctx, { id: wanted, input }, { version }) => {
      if (ctx.ifMatch !== undefined && ctx.ifMatch !== version)
        throw new Problem('precondition_failed', `The version is ${version}, not ${ctx.ifMatch}`)
      return one(ctx, { ...input, id: wanted })
    },
  }),
  operation({
    ...common,
    name: 'upsertCheckInByExternalId',
    summary: "Check in or correct by the caller's own id",
    rest: 'PUT /check-ins/by-external-id/:externalId',
    status: ({ supersedesId }) => (supersedesId ? 200 : 201),
    input: z.strictObject({
      externalId: z.string().trim().min(1).max(200),
      input: checkInItem.omit({ id: true }).strict().meta({ id: 'UpsertCheckInInput' }),
    }),
    run: (ctx, { externalId, input }) => one(ctx, { ...input, externalId }),
  }),
  operation({
    name: 'deleteCheckIn',
    tag: 'CheckIn',
    summary: 'Void a check-in',
    rest: 'DELETE /check-ins/:id',
    status: 204,
    scope: 'okr:write',
    input: z.strictObject({ id }),
    output: tombstone,
    find: async (ctx, { id: wanted }) => (await findMany(ctx, checkIn, [wanted]))[0] as unknown as CheckIn | undefined,
    allow: async (ctx, { authorId, keyResultId }) => {
      const of = await findOne(ctx, keyResult, keyResultId)
      if (!of) throw new Problem('not_found', 'Its key result has been deleted')
      const own = authorId === ctx.actor.userId && ctx.actor.roles.includes('member')
      return own || mayChangeObjectiveOf(ctx, of['objectiveId'] as string)
    },
    run: async (ctx, _input, row) => {
      if (ctx.ifMatch !== undefined && ctx.ifMatch !== row.version)
        throw new Problem('precondition_failed', `The version is ${row.version}, not ${ctx.ifMatch}`)
      const voided = row.voided ? row : await takeBack(ctx, row)
      return { id: row.id, version: (voided as CheckIn).version, deletedAt: (voided as CheckIn).updatedAt }
    },
  }),
  batchOf({
    name: 'batchCheckIn',
    tag: 'CheckIn',
    path: 'check-ins',
    scope: 'okr:write',
    item: checkInItem,
    apply: async (ctx, items) => {
      const { checkIns } = await record(ctx, items as CheckInItem[])
      return checkIns.map(({ id: made, version, supersedesId }) => ({
        ...(supersedesId ? { status: 200, outcome: 'updated' as const } : { status: 201, outcome: 'created' as const }),
        id: made,
        version,
        changed: [],
      }))
    },
  }),
]
