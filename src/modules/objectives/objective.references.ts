import { isDeepStrictEqual } from 'node:util'
import type { Context } from '../../api/operation.ts'
import { inputProblem } from '../../api/problem.ts'
import { comesBack } from '../../api/references.ts'
import { query } from '../../db/statement.ts'
import type { objectives } from './objective.table.ts'

type Objective = typeof objectives.$inferSelect

const found = async (
  { db, actor }: Context,
  table: 'users' | 'teams' | 'departments',
  ids: readonly string[],
): Promise<Set<string>> => {
  const rows = await query<{ id: string }>(
    db,
    `${table}_exist`,
    `select id from ${table} where tenant_id = $1 and id = any($2) and deleted_at is null for share`,
    [actor.tenantId, ids],
  )
  return new Set(rows.map(({ id }) => id))
}

const tableOf = { user: 'users', team: 'teams', department: 'departments' } as const

/** The owner must exist, whichever kind it is. 422 `reference_not_found`. */
export const requireOwner = async (ctx: Context, before: Objective | null, after: Objective): Promise<void> => {
  const { ownerType, ownerId } = after
  const same = before?.ownerId === ownerId && before.ownerType === ownerType
  if (ownerType === 'organization' || (same && !comesBack(before, after))) return
  const known = await found(ctx, tableOf[ownerType], [ownerId])
  if (!known.has(ownerId)) throw inputProblem('reference_not_found', '/ownerId', `there is no ${ownerType} ${ownerId}`)
}

/** So must every contributor. 422 `reference_not_found`. */
export const requireContributors = async (
  ctx: Context,
  before: Objective | null,
  { contributors }: Objective,
): Promise<void> => {
  if (contributors.length === 0 || isDeepStrictEqual(before?.contributors, contributors)) return
  for (const type of ['team', 'user'] as const) {
    const ids = contributors.filter((contributor) => contributor.type === type).map(({ id }) => id)
    if (ids.length === 0) continue
    const known = await found(ctx, tableOf[type], ids)
    const at = contributors.findIndex((contributor) => contributor.type === type && !known.has(contributor.id))
    if (at >= 0) throw inputProblem('reference_not_found', `/contributors/${at}/id`, `there is no such ${type}`)
  }
}
