import type { Context } from '../../api/operation.ts'
import { inputProblem } from '../../api/problem.ts'
import { readableIds } from '../goals/goal.sight.ts'
import { kpi } from './kpi.resource.ts'

/** The KPIs named must exist and be visible to the caller. 422 `reference_not_found`, where `pointerOf` says. */
export const requireKpis = async (
  ctx: Context,
  ids: readonly string[],
  pointerOf: (missing: string) => string,
): Promise<void> => {
  const known = await readableIds(ctx, kpi, ids)
  const missing = ids.find((id) => !known.has(id))
  if (missing) throw inputProblem('reference_not_found', pointerOf(missing), `there is no Kpi ${missing}`)
}
