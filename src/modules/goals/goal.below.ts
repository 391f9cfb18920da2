import type { NodeScore, Policy } from '../../scoring/index.ts'
import type { initiatives } from '../initiatives/initiative.table.ts'

/** A key result that is added up in another, with the score it has. */
export type LinkRow = { id: string; childId: string; parentId: string; share: number; childScore: NodeScore | null }

type Initiative = typeof initiatives.$inferSelect

export type InitiativeRow = Pick<
  Initiative,
  'id' | 'state' | 'weight' | 'progress' | 'tasks' | 'startsOn' | 'dueOn' | 'objectiveId' | 'keyResultIds'
> & { policy: Partial<Policy> | null }

/** What is added up in the key results of those objectives. */
export const linksText = `
     select l.id, l.child_key_result_id as "childId", l.parent_key_result_id as "parentId", l.share, child.score as "childScore"
     from line
     join key_results parent on parent.tenant_id = $1 and parent.objective_id = line.id and parent.source = 'rollup' and parent.deleted_at is null
     join key_result_links l on l.tenant_id = $1 and l.parent_key_result_id = parent.id and l.deleted_at is null
     join key_results child on child.tenant_id = $1 and child.id = l.child_key_result_id and child.deleted_at is null`

/**
 * The initiatives that name one of those objectives, or a key result of theirs that is measured by its initiatives. The
 * policy is that of the objective an initiative names, else of its first key result's.
 */
export const initiativesText = `
     select v.id, v.state, v.weight, v.progress, v.tasks, v.starts_on as "startsOn",
       v.due_on as "dueOn", v.objective_id as "objectiveId", v.key_result_ids as "keyResultIds",
       g.policy || coalesce(c.policy, '{}') as policy
     from (
       select v.id from line join initiatives v on v.tenant_id = $1 and v.objective_id = line.id and v.deleted_at is null
       union
       select v.id from line
       join key_results k on k.tenant_id = $1 and k.objective_id = line.id and k.source = 'initiatives' and k.deleted_at is null
       join initiative_key_results i on i.tenant_id = $1 and i.key_result_id = k.id
       join initiatives v on v.tenant_id = $1 and v.id = i.initiative_id and v.deleted_at is null
     ) counted join initiatives v on v.tenant_id = $1 and v.id = counted.id
     join organizations g on g.tenant_id = $1 and g.id = $1
     left join lateral (
       select k.objective_id as id from initiative_key_results i
       join key_results k on k.tenant_id = $1 and k.id = i.key_result_id
       where i.tenant_id = $1 and i.initiative_id = v.id order by k.id limit 1
     ) first on true
     left join objectives o on o.tenant_id = $1 and o.id = coalesce(v.objective_id, first.id)
     left join cycles c on c.tenant_id = $1 and c.id = o.cycle_id`
