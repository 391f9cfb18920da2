import { z } from 'zod'
import { id } from '../../api/fields.ts'
import type { Context } from '../../api/operation.ts'
import { inputProblem } from '../../api/problem.ts'
import { findOne, reads } from '../../api/reads.ts'
import type { Row } from '../../api/store.ts'
import { type Change, writes } from '../../api/writes.ts'
import { cycle } from '../cycles/cycle.resource.ts'
import { authorOf } from '../goals/goal.author.ts'
import { nested } from '../goals/goal.nested.ts'
import { mayChangeObjective, mayReportOn } from '../goals/goal.rules.ts'
import { objective } from '../objectives/objective.resource.ts'
import { isOnTeam } from './retrospective.queries.ts'
import { retrospective, retrospectiveSchema } from './retrospective.resource.ts'
import type { retrospectives } from './retrospective.table.ts'

type Retrospective = typeof retrospectives.$inferSelect

const { externalId, cycleId, teamId, objectiveId, heldOn, worked, didNotWork, kpiChanges, decisions } =
  retrospectiveSchema.shape

const createInput = z.strictObject({
  externalId: externalId.default(null),
  cycleId,
  teamId: teamId.default(null),
  objectiveId: objectiveId.default(null),
  heldOn: heldOn.optional().meta({ description: 'Today unless said.' }),
  worked: worked.default(null),
  didNotWork: didNotWork.default(null),
  kpiChanges: kpiChanges.default(null),
  decisions: decisions.default(null),
  authorId: id.optional().meta({ description: 'Administrators and machines may speak for a person.' }),
})

const updateInput = z.strictObject({ externalId, heldOn, worked, didNotWork, kpiChanges, decisions }).partial()

/** Those who worked on it look back on it; on a whole cycle, those who lead. */
const mayHold = async (ctx: Context, row: Retrospective): Promise<boolean> => {
  if (row.objectiveId !== null) return mayReportOn(ctx, { objectiveIds: [row.objectiveId] })
  if (row.teamId === null)
    return ['admin', 'integration', 'manager'].some((role) => ctx.actor.roles.includes(role as never))
  if (await mayChangeObjective(ctx, { ownerTeamId: row.teamId, ownerUserId: null, ownerDepartmentId: null }))
    return true
  return ctx.actor.roles.includes('member') && isOnTeam(ctx, row.teamId)
}

const mayChange = async (ctx: Context, row: Retrospective): Promise<boolean> =>
  row.authorId === ctx.actor.id || row.authorId === ctx.actor.userId || mayHold(ctx, row)

const toRow = async (input: Row, before: Retrospective | null, ctx: Context): Promise<Row> => {
  if (before) return {}
  const { authorId } = await authorOf(ctx, input['authorId'] as string | undefined)
  return { authorId, heldOn: input['heldOn'] ?? ctx.today }
}

const judge = async (ctx: Context, { before, after }: Change<Retrospective>): Promise<void> => {
  if (after.worked === null && after.didNotWork === null && after.kpiChanges === null && after.decisions === null)
    throw inputProblem('invalid_input', '/worked', 'a retrospective says something')
  if (before) return
  if (after.teamId !== null && after.objectiveId !== null)
    throw inputProblem('invalid_input', '/objectiveId', 'of a team or of an objective, not both')
  if (after.objectiveId === null) return
  const of = await findOne(ctx, objective, after.objectiveId)
  if (of?.['cycleId'] !== after.cycleId) throw inputProblem('invalid_input', '/objectiveId', 'is not of this cycle')
}

export const retrospectiveOperations = nested(
  [
    ...reads(retrospective),
    ...writes<Retrospective>({
      resource: retrospective,
      create: { input: createInput, allow: mayHold },
      update: { input: updateInput, allow: mayChange },
      delete: { allow: mayChange },
      toRow,
      judge,
    }),
  ],
  { resource: retrospective, parent: cycle, key: 'cycleId', path: 'retrospectives', list: 'retrospectivesOfCycle' },
)
