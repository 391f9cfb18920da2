import type { Context } from '../../api/operation.ts'
import { inputProblem } from '../../api/problem.ts'
import { readableIds } from '../goals/goal.sight.ts'
import { kpi } from './kpi.resource.ts'

/** KPIs that are named anew must exist and be visible to the caller. 422 `reference_not_found`, at their place. */
export const requireAddedKpis = async (
  ctx: Context,
  pointer: string,
  before: readonly string[] | undefined,
  after: readonly string[],
): Promise<void> => {
  const added = after.filter((id) => !before?.includes(id))
  const known = await readableIds(ctx, kpi, added)
  const missing = added.find((id) => !known.has(id))
  if (missing)
    throw inputProblem('reference_not_found', `${pointer}/${after.indexOf(missing)}`, `there is no Kpi ${missing}`)
}
