import type { Context } from '../../api/operation.ts'
import { inputProblem } from '../../api/problem.ts'
import type { Row } from '../../api/store.ts'
import { query } from '../../db/statement.ts'
import { scoringVersion } from '../../scoring/index.ts'
import { ownerOf } from '../goals/goal.owner.ts'
import { requireAddedKpis } from './kpi.sight.ts'
import type { kpis } from './kpi.table.ts'

type Kpi = typeof kpis.$inferSelect

/** How members are added up where nobody said: as their points are, and a level that is counted by its sum. */
const rollupOf = (aggregation: Kpi['aggregation'], unitKind: Kpi['unitKind']): Kpi['rollup'] => {
  if (aggregation !== 'last') return aggregation
  return unitKind === 'percent' || unitKind === 'ratio' ? 'average' : 'sum'
}

/** What is stored for an input: owner columns, each driver once, and defaults the organization or the aggregation decide. */
export const kpiRow = async (input: Row, before: Kpi | null, ctx: Context): Promise<Row> => {
  const owner = ownerOf(before ? input : { ownerType: 'organization', ...input }, before, ctx.actor.tenantId)
  const drivers = Array.isArray(input['driverIds']) ? { driverIds: [...new Set(input['driverIds'])] } : {}
  if (before) return { ...owner, ...drivers }
  const aggregation = input['aggregation'] as Kpi['aggregation']
  const rollup =
    input['rollup'] === undefined ? rollupOf(aggregation, input['unitKind'] as Kpi['unitKind']) : input['rollup']
  return {
    scoringVersion,
    ...owner,
    ...drivers,
    rollup,
    visibility: input['visibility'] ?? (await defaultVisibility(ctx)),
  }
}

export const defaultVisibility = async ({ actor, db }: Context): Promise<string | undefined> => {
  const [row] = await query<{ visibility: string }>(
    db,
    'default_visibility',
    'select default_visibility as visibility from organizations where tenant_id = $1',
    [actor.tenantId],
  )
  return row?.visibility
}

/** A ratio is the quotient of its sums, whichever way it is added up; nothing else has numerators. 422 */
export const judgeAggregation = ({ aggregation, rollup }: Kpi): void => {
  if (rollup !== null && (aggregation === 'ratio') !== (rollup === 'ratio'))
    throw inputProblem('invalid_input', '/rollup', 'ratio goes with ratio, and with nothing else')
}

/** Drivers exist, and nothing drives itself. 422 */
export const judgeDrivers = async (ctx: Context, before: Kpi | null, { id, driverIds }: Kpi): Promise<void> => {
  if (driverIds.includes(id)) throw inputProblem('invalid_input', '/driverIds', 'a KPI does not drive itself')
  await requireAddedKpis(ctx, '/driverIds', before?.driverIds, driverIds)
}
