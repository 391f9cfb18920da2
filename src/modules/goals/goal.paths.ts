import type { Context } from '../../api/operation.ts'
import { Problem } from '../../api/problem.ts'
import { query } from '../../db/statement.ts'
import { deepestAlignment } from '../../scoring/index.ts'

/**
 * No goal is above itself, and no way leads through more than 16 objectives. A goal leads up to what it is aligned to, a
 * key result to its objective and to what it is added up in. Read after the write, from the lower ends that changed,
 * behind the graph lock, so that two moves under each other cannot both pass.
 * 409 `alignment_cycle`, 422 `alignment_too_deep`.
 */
export const requireAcyclic = async (
  { db, actor }: Context,
  { objectiveIds = [], keyResultIds = [] }: { objectiveIds?: readonly string[]; keyResultIds?: readonly string[] },
): Promise<void> => {
  if (objectiveIds.length + keyResultIds.length === 0) return
  const [row] = await query<{ circular: string | null; levels: number | null }>(db, 'goal_paths', pathsText, [
    actor.tenantId,
    [...new Set(objectiveIds)],
    [...new Set(keyResultIds)],
    deepestAlignment + 1,
  ])
  if (row?.circular) throw new Problem('alignment_cycle', `${row.circular} would be above itself`)
  if ((row?.levels ?? 0) > deepestAlignment)
    throw new Problem('alignment_too_deep', `More than ${deepestAlignment} levels of objectives`)
}

// One step up or down from `node.id`; `level` is 1 where the step arrives at an objective.
const parents = `
  select coalesce(a.parent_objective_id, a.parent_key_result_id) as id, num_nonnulls(a.parent_objective_id) as level
  from alignments a where a.tenant_id = $1 and a.child_objective_id = node.id and a.deleted_at is null
  union all
  select k.objective_id, 1 from key_results k where k.tenant_id = $1 and k.id = node.id
  union all
  select l.parent_key_result_id, 0 from key_result_links l
  where l.tenant_id = $1 and l.child_key_result_id = node.id and l.deleted_at is null`

const children = `
  select a.child_objective_id as id, 1 as level from alignments a
  where a.tenant_id = $1 and a.parent_objective_id = node.id and a.deleted_at is null
  union all
  select a.child_objective_id, 1 from alignments a
  where a.tenant_id = $1 and a.parent_key_result_id = node.id and a.deleted_at is null
  union all
  select k.id, 0 from key_results k where k.tenant_id = $1 and k.objective_id = node.id
  union all
  select l.child_key_result_id, 0 from key_result_links l
  where l.tenant_id = $1 and l.parent_key_result_id = node.id and l.deleted_at is null`

// Levels are cut off one past the limit, so that a circle ends too; distinct rows keep a graph with many ways small.
const pathsText = `
  with recursive start (id, level) as (
    select id, 1 from unnest($2::uuid[]) as o (id) union all select id, 0 from unnest($3::uuid[]) as k (id)
  ), above (start, id) as (
    select node.id, step.id from start node cross join lateral (${parents}) step
    union
    select node.start, step.id from above node cross join lateral (${parents}) step
  ), up (start, id, levels) as (
    select id, id, 0 from start
    union
    select node.start, step.id, node.levels + step.level from up node cross join lateral (${parents}) step where node.levels < $4
  ), down (start, id, levels) as (
    select id, id, 0 from start
    union
    select node.start, step.id, node.levels + step.level from down node cross join lateral (${children}) step where node.levels < $4
  )
  select (select start from above where start = id limit 1) as circular,
    (select max(start.level + u.levels + d.levels) from start
      join (select start, max(levels) as levels from up group by start) u on u.start = start.id
      join (select start, max(levels) as levels from down group by start) d on d.start = start.id) as levels`
