import type { Context } from '../../api/operation.ts'
import { Problem } from '../../api/problem.ts'
import type { Change } from '../../api/writes.ts'
import { query } from '../../db/statement.ts'
import { deepestAlignment } from '../../scoring/index.ts'
import type { Touched } from '../goals/goal.lock.ts'
import type { alignments } from './alignment.table.ts'

type Alignment = typeof alignments.$inferSelect

export const objectiveOfKeyResult = async (
  { db, actor }: Context,
  keyResultId: string,
): Promise<string | undefined> => {
  const [row] = await query<{ objectiveId: string }>(
    db,
    'objective_of_key_result',
    'select objective_id as "objectiveId" from key_results where tenant_id = $1 and id = $2 and deleted_at is null',
    [actor.tenantId, keyResultId],
  )
  return row?.objectiveId
}

/** The goals whose graphs a write of alignments must hold: both ends, as they are and as they will be. */
export const touchedBy = async (
  { db, actor }: Context,
  ids: string[],
  inputs: Record<string, unknown>[],
): Promise<Touched> => {
  const rows = await query<{ objectiveIds: (string | null)[]; keyResultId: string | null }>(
    db,
    'alignment_ends',
    `select array[child_objective_id, parent_objective_id] as "objectiveIds", parent_key_result_id as "keyResultId"
     from alignments where tenant_id = $1 and id = any($2)`,
    [actor.tenantId, ids],
  )
  const named = (key: string) => inputs.map((input) => input[key])
  const strings = (values: unknown[]): string[] => values.filter((value) => typeof value === 'string')
  return {
    objectiveIds: strings([
      ...rows.flatMap(({ objectiveIds }) => objectiveIds),
      ...named('childObjectiveId'),
      ...named('parentObjectiveId'),
    ]),
    keyResultIds: strings([...rows.map(({ keyResultId }) => keyResultId), ...named('parentKeyResultId')]),
  }
}

/**
 * The alignment graph has no circle and at most 16 levels of objectives. Read after the write, behind the graph lock, so
 * that two moves under each other cannot both pass. A key result leads on to its objective.
 * 409 `alignment_cycle`, 422 `alignment_too_deep`.
 */
export const requireAcyclic = async ({ db, actor }: Context, changes: readonly Change<Alignment>[]): Promise<void> => {
  const children = [
    ...new Set(changes.filter(({ after }) => after.deletedAt === null).map(({ after }) => after.childObjectiveId)),
  ]
  if (children.length === 0) return
  const [row] = await query<{ circular: string | null; levels: number | null }>(db, 'alignment_paths', pathsText, [
    actor.tenantId,
    children,
    deepestAlignment + 1,
  ])
  if (row?.circular) throw new Problem('alignment_cycle', `${row.circular} would be above itself`)
  if ((row?.levels ?? 0) > deepestAlignment)
    throw new Problem('alignment_too_deep', `More than ${deepestAlignment} levels of objectives`)
}

// Steps are counted, so that a circle ends too; distinct (id, steps) pairs keep a graph with many ways through it small.
const pathsText = `
  with recursive up (start, id, steps) as (
    select id, id, 0 from unnest($2::uuid[]) as start (id)
    union
    select up.start, coalesce(a.parent_objective_id, k.objective_id), up.steps + 1 from up
    join alignments a on a.tenant_id = $1 and a.child_objective_id = up.id and a.deleted_at is null
    left join key_results k on k.tenant_id = $1 and k.id = a.parent_key_result_id
    where up.steps < $3
  ), down (start, id, steps) as (
    select id, id, 0 from unnest($2::uuid[]) as start (id)
    union
    select down.start, child.id, down.steps + 1 from down
    cross join lateral (
      select a.child_objective_id as id from alignments a
      where a.tenant_id = $1 and a.parent_objective_id = down.id and a.deleted_at is null
      union all
      select a.child_objective_id from key_results k
      join alignments a on a.tenant_id = $1 and a.parent_key_result_id = k.id and a.deleted_at is null
      where k.tenant_id = $1 and k.objective_id = down.id
    ) child
    where down.steps < $3
  )
  select (select start from up where steps > 0 and id = start limit 1) as circular,
    (select max(u.steps + d.steps + 1) from (select start, max(steps) as steps from up group by start) u
      join (select start, max(steps) as steps from down group by start) d using (start)) as levels`
