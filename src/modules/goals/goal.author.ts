import type { Context } from '../../api/operation.ts'
import { inputProblem } from '../../api/problem.ts'
import { query } from '../../db/statement.ts'

/**
 * Who says it: the caller, or a person an administrator or a machine speaks for. Throws 422 at `/authorId` for anybody
 * else, and for a person who does not exist.
 */
export const authorOf = async (
  ctx: Context,
  wanted: string | undefined,
): Promise<{ authorId: string; byPerson: boolean }> => {
  const { actor } = ctx
  const isMachine = actor.userId === null && actor.roles.includes('integration')
  if (wanted === undefined || wanted === actor.userId)
    return { authorId: actor.userId ?? actor.id, byPerson: !isMachine }
  if (!actor.roles.includes('admin') && !actor.roles.includes('integration'))
    throw inputProblem('forbidden', '/authorId', 'only for yourself')
  await requirePeople(ctx, [wanted], () => '/authorId')
  return { authorId: wanted, byPerson: true }
}

/** The people named must exist. 422 `reference_not_found`, where `pointerOf` says. */
export const requirePeople = async (
  { db, actor }: Context,
  ids: readonly string[],
  pointerOf: (at: number) => string,
): Promise<void> => {
  if (ids.length === 0) return
  const rows = await query<{ id: string }>(
    db,
    'people_exist',
    'select id from users where tenant_id = $1 and id = any($2) and deleted_at is null',
    [actor.tenantId, ids],
  )
  const known = new Set(rows.map(({ id }) => id))
  const at = ids.findIndex((id) => !known.has(id))
  if (at >= 0) throw inputProblem('reference_not_found', pointerOf(at), `there is no User ${ids[at]}`)
}
