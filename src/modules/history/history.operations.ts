import { z } from 'zod'
import { bindingOf, decodeCursor, encodeCursor } from '../../api/cursor.ts'
import { canonicalInstant, id, instant } from '../../api/fields.ts'
import { type Context, operation } from '../../api/operation.ts'
import { inputProblem } from '../../api/problem.ts'
import { findOne, pageSize } from '../../api/reads.ts'
import type { Resource } from '../../api/resource.ts'
import { anyone } from '../../auth/rules.ts'
import type { GoalRef } from '../explanation/explanation.build.ts'
import { keyResult } from '../key-results/key-result.resource.ts'
import { objective } from '../objectives/objective.resource.ts'
import { effectivePoints } from './history.effective.ts'
import { knownAsOf, recordedPoints } from './history.recorded.ts'
import { clock, type ScorePoint, scorePoint, scorePointPage } from './history.schema.ts'

const input = z.strictObject({
  id,
  clock,
  from: instant.optional(),
  to: instant.optional(),
  asOf: instant.optional().meta({
    description:
      'One point: what was known then, which nothing written later changes; with the effective clock, how it was.',
  }),
  limit: pageSize,
  cursor: z.string().max(2_000).optional(),
})
type Input = z.output<typeof input>

/** A page is bound to the goal and its clock, so that no cursor leads into another history. */
const boundTo = ({ id: goalId, clock: by, from, to }: Input): string => bindingOf('history', goalId, by, from, to)
const momentOf = ({ recordedAt, effectiveAt }: ScorePoint): string => (recordedAt ?? effectiveAt) as string
const cursorAt = (ctx: Context, asked: Input, point: ScorePoint): string =>
  encodeCursor([momentOf(point)], boundTo(asked), ctx.organization.secret)

const canonical = (at: string | undefined): string | undefined => at && canonicalInstant(at)

const historyOf = async (ctx: Context, goal: GoalRef, objectiveId: string, asked: Input) => {
  const asOf = canonical(asked.asOf)
  if (asOf !== undefined && asOf > ctx.now) throw inputProblem('invalid_input', '/asOf', 'lies in the future')
  const span = {
    from: canonical(asked.from),
    to: canonical(asked.to),
    after: asked.cursor
      ? (decodeCursor(asked.cursor, boundTo(asked), ctx.organization.secret)[0] as string)
      : undefined,
    limit: asked.limit,
  }
  const points =
    asked.clock === 'effective'
      ? await effectivePoints(ctx, goal, objectiveId, span, asOf)
      : await (asOf === undefined ? recordedPoints(ctx, goal, span) : knownAsOf(ctx, goal, asOf))
  const items = points.slice(0, asked.limit)
  const last = items.at(-1)
  return { items, nextCursor: points.length > items.length && last ? cursorAt(ctx, asked, last) : null }
}

const history = (of: Resource, type: GoalRef['type'], name: string) =>
  operation({
    name,
    tag: of.name,
    summary: `List the numbers of one ${of.name} over time`,
    rest: `GET /${of.path}/:id/history`,
    scope: 'okr:read',
    input,
    output: scorePointPage,
    list: {
      resource: scorePoint,
      cursorOf: (ctx: Context, asked: unknown, row: never) => cursorAt(ctx, input.parse(asked), row),
    },
    find: (ctx, asked) => findOne(ctx, of, asked.id),
    allow: anyone,
    run: (ctx, asked, row) => {
      const objectiveId = type === 'objective' ? asked.id : (row as { objectiveId: string }).objectiveId
      return historyOf(ctx, { type, id: asked.id }, objectiveId, asked)
    },
  })

export const objectiveHistoryOperation = history(objective, 'objective', 'objectiveHistory')
export const keyResultHistoryOperation = history(keyResult, 'key_result', 'keyResultHistory')
