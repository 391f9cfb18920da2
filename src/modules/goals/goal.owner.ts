import type { Context } from '../../api/operation.ts'
import { inputProblem } from '../../api/problem.ts'
import { comesBack } from '../../api/references.ts'
import type { Row } from '../../api/store.ts'
import { query } from '../../db/statement.ts'
import type { ownerTypes } from '../objectives/objective.table.ts'

/** What objectives and KPIs say of their owner. */
type OwnedGoal = { ownerType: (typeof ownerTypes)[number]; ownerId: string; deletedAt: string | null }

const ownerColumns = { user: 'ownerUserId', team: 'ownerTeamId', department: 'ownerDepartmentId' } as const

/** The owner as the one column that holds it, so that a foreign key can guard it. */
export const ownerOf = (input: Row, before: OwnedGoal | null, tenantId: string): Row => {
  if (!('ownerType' in input || 'ownerId' in input)) return {}
  const type = (input['ownerType'] ?? before?.ownerType ?? 'organization') as OwnedGoal['ownerType']
  const given = input['ownerId'] as string | undefined
  const none = { ownerUserId: null, ownerTeamId: null, ownerDepartmentId: null }
  if (type === 'organization') {
    const moved = given !== undefined && given !== tenantId && !(before && given === before.ownerId)
    if (moved)
      throw inputProblem('reference_not_found', '/ownerId', 'an organization goal is owned by the own organization')
    return { ...none, ownerType: type, ownerId: tenantId }
  }
  const owner = given ?? (type === before?.ownerType ? before.ownerId : undefined)
  if (owner === undefined) throw inputProblem('invalid_input', '/ownerId', `a ${type} owns it: say which`)
  return { ...none, [ownerColumns[type]]: owner, ownerType: type, ownerId: owner }
}

/** Of these people, teams or departments those that exist, held until the end. */
export const livingIn = async (
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
export const requireOwner = async (ctx: Context, before: OwnedGoal | null, after: OwnedGoal): Promise<void> => {
  const { ownerType, ownerId } = after
  const same = before?.ownerId === ownerId && before.ownerType === ownerType
  if (ownerType === 'organization' || (same && !comesBack(before, after))) return
  const known = await livingIn(ctx, tableOf[ownerType], [ownerId])
  if (!known.has(ownerId)) throw inputProblem('reference_not_found', '/ownerId', `there is no ${ownerType} ${ownerId}`)
}
