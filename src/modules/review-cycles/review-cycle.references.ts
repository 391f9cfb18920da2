import type { Context } from '../../api/operation.ts'
import { inputProblem } from '../../api/problem.ts'
import { query } from '../../db/statement.ts'
import type { reviewCycles } from './review-cycle.table.ts'

type ReviewCycle = typeof reviewCycles.$inferSelect

const tables = { User: 'users', Department: 'departments', Team: 'teams', Cycle: 'cycles' } as const
type Target = keyof typeof tables

const requireAll = async (
  { db, actor }: Context,
  target: Target,
  pointer: string,
  before: readonly string[],
  ids: readonly string[],
): Promise<void> => {
  const added = ids.filter((id) => !before.includes(id))
  if (added.length === 0) return
  const rows = await query<{ id: string }>(
    db,
    `review_cycle_${tables[target]}_exist`,
    `select id from ${tables[target]} where tenant_id = $1 and id = any($2) and deleted_at is null`,
    [actor.tenantId, added],
  )
  const missing = added.find((id) => !rows.some((row) => row.id === id))
  if (missing)
    throw inputProblem('reference_not_found', `${pointer}/${ids.indexOf(missing)}`, `there is no ${target} ${missing}`)
}

/** What a review cycle names in lists must exist, where it is named anew. Throws 422 `reference_not_found`. */
export const requireNamed = async (ctx: Context, before: ReviewCycle | null, after: ReviewCycle): Promise<void> => {
  const was = before?.participants
  const { userIds, departmentIds, teamIds } = after.participants
  await requireAll(ctx, 'User', '/participants/userIds', was?.userIds ?? [], userIds)
  await requireAll(ctx, 'Department', '/participants/departmentIds', was?.departmentIds ?? [], departmentIds)
  await requireAll(ctx, 'Team', '/participants/teamIds', was?.teamIds ?? [], teamIds)
  await requireAll(ctx, 'Cycle', '/okrCycleIds', before?.okrCycleIds ?? [], after.okrCycleIds)
}
