import { z } from 'zod'
import { id } from '../../api/fields.ts'
import type { Context } from '../../api/operation.ts'
import { inputProblem } from '../../api/problem.ts'
import type { keyResults } from '../key-results/key-result.table.ts'
import { checkInSchema } from './check-in.resource.ts'
import type { checkIns } from './check-in.table.ts'

export type CheckIn = typeof checkIns.$inferSelect
type KeyResult = typeof keyResults.$inferSelect

const { externalId, keyResultId, value, zone, step, confidence, reportedHealth, note, effectiveAt } =
  checkInSchema.shape

const said = { externalId, value, zone, step, confidence, reportedHealth, note }

/** One reading at most, and anything beside it; without a reading it may still say how sure or how healthy. */
export const createCheckInInput = z
  .strictObject({
    ...said,
    effectiveAt: effectiveAt.meta({ description: 'When it was true; now unless said.' }),
    authorId: id.meta({ description: 'Administrators and machines may check in for a person.' }),
  })
  .partial()
  .meta({ id: 'CreateCheckInInput' })

export const updateCheckInInput = z
  .strictObject({ ...said, effectiveAt })
  .partial()
  .meta({ id: 'UpdateCheckInInput' })

/** One of a batch: `id` corrects, a known `externalId` corrects too, else it is a new one of `keyResultId`. */
export const checkInItem = createCheckInInput
  .extend({ keyResultId: keyResultId.optional(), id: id.optional() })
  .strict()
  .meta({ id: 'BatchCheckInItem' })

export type CheckInItem = z.output<typeof checkInItem>

const dayMilliseconds = 86_400_000

/** A reading must fit the kind of its key result: 422 `wrong_reading`. */
export const judgeReading = (ctx: Context, checkIn: CheckIn, { kind, source, zones, steps }: KeyResult): void => {
  const given = (['value', 'zone', 'stepId'] as const).filter((key) => checkIn[key] !== null)
  if (given.length > 1) throw inputProblem('wrong_reading', '/value', 'one reading at a time: value, zone or step')
  const wanted = kind === 'ordinal' ? 'zone' : kind === 'milestone' ? 'stepId' : 'value'
  const [reading] = given
  if (reading === undefined) {
    if (checkIn.confidence !== null || checkIn.reportedHealth !== null || checkIn.note !== null)
      return judgeDay(ctx, checkIn)
    throw inputProblem(
      'wrong_reading',
      `/${publicName(wanted)}`,
      'a check-in says something: a reading, confidence, reportedHealth or a note',
    )
  }
  if (source !== 'checkins')
    throw inputProblem(
      'wrong_reading',
      `/${publicName(reading)}`,
      `this key result is measured by its source, ${source}`,
    )
  if (reading !== wanted)
    throw inputProblem(
      'wrong_reading',
      `/${publicName(reading)}`,
      `a key result of the kind ${kind} takes a ${publicName(wanted)}`,
    )
  if (wanted === 'zone' && !zones?.some(({ name }) => name === checkIn.zone)) {
    throw inputProblem('wrong_reading', '/zone', `one of ${zones?.map(({ name }) => name).join(', ')}`)
  }
  if (wanted === 'stepId' && !steps?.some((known) => known.id === checkIn.stepId)) {
    throw inputProblem('wrong_reading', '/step/id', 'the key result has no such step')
  }
  judgeDay(ctx, checkIn)
}

/** Clocks differ, but nobody reads next week's value. */
const judgeDay = (ctx: Context, { effectiveAt: at }: CheckIn): void => {
  if (Date.parse(at) > Date.parse(ctx.now) + dayMilliseconds)
    throw inputProblem('not_yet', '/effectiveAt', 'lies in the future')
}

const publicName = (column: string): string => (column === 'stepId' ? 'step' : column)
