import type { Context } from '../../api/operation.ts'
import { query } from '../../db/statement.ts'
import type { Commitment, NodeState } from '../../scoring/index.ts'

export type ClosedObjective = { id: string; title: string; commitment: Commitment }
export type ClosedKeyResult = { id: string; title: string; objectiveId: string }
export type Graded = { id: string; grade: number | null; reason: string | null; sha256: string | null }

export type Standing = { id: string; title: string; state: NodeState; cycleId: string; cycleState: string }

/** How objectives stand behind the lock, by their ids or by their cycle. */
export const standingOf = (
  { db, actor }: Context,
  of: { objectiveIds?: readonly string[]; cycleId?: string },
): Promise<Standing[]> =>
  query(
    db,
    'objectives_standing',
    `select o.id, o.title, o.state, o.cycle_id as "cycleId", c.state as "cycleState"
     from objectives o join cycles c on c.tenant_id = $1 and c.id = o.cycle_id
     where o.tenant_id = $1 and (o.id = any($2) or o.cycle_id = $3) and o.deleted_at is null order by o.id`,
    [actor.tenantId, of.objectiveIds ?? [], of.cycleId ?? null],
  )

/** Closes what is active or achieved of the given objectives. */
export const closeRows = ({ db, actor, now }: Context, ids: readonly string[]): Promise<ClosedObjective[]> =>
  query(
    db,
    'objectives_close',
    `update objectives set state = 'closed', version = version + 1, updated_at = $3
     where tenant_id = $1 and id = any($2) and state in ('active', 'achieved') returning id, title, commitment`,
    [actor.tenantId, ids, now],
  )

/** Their key results go with them; those that were draft, cancelled or deferred stay what they are. */
export const closeKeyResultRows = (
  { db, actor, now, today }: Context,
  objectiveIds: readonly string[],
): Promise<ClosedKeyResult[]> =>
  query(
    db,
    'key_results_close',
    `update key_results set state = 'closed', settled_on = coalesce(settled_on, $4), version = version + 1, updated_at = $3
     where tenant_id = $1 and objective_id = any($2) and state in ('active', 'achieved') and deleted_at is null
     returning id, title, objective_id as "objectiveId"`,
    [actor.tenantId, objectiveIds, now, today],
  )

/** Keeps grades, reasons and hashes. */
export const saveGrades = (
  { db, actor }: Context,
  table: 'objectives' | 'key_results',
  rows: readonly Graded[],
): Promise<unknown> =>
  query(
    db,
    `${table}_grade`,
    `update ${table} t set grade = v.grade, grade_reason = v.reason, explanation_sha256 = v.sha256
     from unnest($2::uuid[], $3::float8[], $4::text[], $5::text[]) as v (id, grade, reason, sha256)
     where t.tenant_id = $1 and t.id = v.id`,
    [
      actor.tenantId,
      rows.map(({ id }) => id),
      rows.map(({ grade }) => grade),
      rows.map(({ reason }) => reason),
      rows.map(({ sha256 }) => sha256),
    ],
  )

/** Makes a closed objective and the key results closed with it active again; answers the key results. */
export const reopenRows = async ({ db, actor, now }: Context, id: string): Promise<string[]> => {
  const set = `state = 'active', grade = null, grade_reason = null, explanation_sha256 = null, version = version + 1, updated_at = $3`
  const values = [actor.tenantId, id, now]
  const [, rows] = await Promise.all([
    query(db, 'objective_reopen', `update objectives set ${set} where tenant_id = $1 and id = $2`, values),
    query<{ id: string }>(
      db,
      'key_results_reopen',
      `update key_results set ${set}, settled_on = null
       where tenant_id = $1 and objective_id = $2 and state = 'closed' and deleted_at is null returning id`,
      values,
    ),
  ])
  return rows.map((row) => row.id)
}
