import { findMany } from '../../api/find-many.ts'
import type { Context } from '../../api/operation.ts'
import { inputProblem } from '../../api/problem.ts'
import { reads } from '../../api/reads.ts'
import type { Row } from '../../api/store.ts'
import { type Change, writes } from '../../api/writes.ts'
import { ownerOf, requireOwner } from '../goals/goal.owner.ts'
import { mayChangeObjective } from '../goals/goal.rules.ts'
import { defaultVisibility } from '../kpis/kpi.input.ts'
import { kpi } from '../kpis/kpi.resource.ts'
import { requireAddedKpis } from '../kpis/kpi.sight.ts'
import { scorecard, scorecardInputs } from './scorecard.resource.ts'
import type { ScorecardItem, scorecards } from './scorecard.table.ts'

type Scorecard = typeof scorecards.$inferSelect

const toRow = async (input: Row, before: Scorecard | null, ctx: Context): Promise<Row> => {
  const given = input['items'] as (Omit<ScorecardItem, 'weight'> & { weight?: number })[] | undefined
  const items = given?.map((item) => ({ ...item, weight: item.weight ?? 1 }))
  return {
    ...ownerOf(before ? input : { ownerType: 'organization', ...input }, before, ctx.actor.tenantId),
    ...(items ? { items, kpiIds: [...new Set(items.map(({ kpiId }) => kpiId))] } : {}),
    ...(before ? {} : { visibility: input['visibility'] ?? (await defaultVisibility(ctx)) }),
  }
}

/** Each KPI stands in it once, in a perspective it has. 422 */
const judge = async (ctx: Context, { before, after }: Change<Scorecard>): Promise<void> => {
  await requireOwner(ctx, before, after)
  if (new Set(after.perspectives).size < after.perspectives.length)
    throw inputProblem('invalid_input', '/perspectives', 'the same perspective twice')
  for (const [at, { kpiId, perspective }] of after.items.entries()) {
    if (!after.perspectives.includes(perspective))
      throw inputProblem('invalid_input', `/items/${at}/perspective`, `there is no perspective ${perspective}`)
    if (after.items.findIndex((each) => each.kpiId === kpiId) < at)
      throw inputProblem('invalid_input', `/items/${at}/kpiId`, 'the same KPI twice')
  }
  await requireAddedKpis(ctx, '/items', before?.kpiIds, after.kpiIds)
}

/** The answer tells the score as of today: that of the KPIs as they are. */
const settle = async (ctx: Context, changes: Change<Scorecard>[]): Promise<void> => {
  const ids = [...new Set(changes.flatMap(({ after }) => after.kpiIds))]
  const judgements = await findMany(ctx, kpi, ids)
  for (const { after } of changes) Object.assign(after, { judgements })
}

export const scorecardOperations = [
  ...reads(scorecard),
  ...writes<Scorecard>({
    resource: scorecard,
    create: { input: scorecardInputs.create, allow: mayChangeObjective },
    update: { input: scorecardInputs.update, allow: mayChangeObjective },
    delete: { allow: mayChangeObjective },
    toRow,
    judge,
    settle,
  }),
]
