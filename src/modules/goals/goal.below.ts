import type { NodeScore, Policy } from '../../scoring/index.ts'
import type { initiatives } from '../initiatives/initiative.table.ts'
import { inLine } from './goal.queries.ts'

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
     from key_result_links l
     join lateral (
       select score from key_results where tenant_id = $1 and id = l.child_key_result_id and deleted_at is null limit 1
     ) child on true
     where l.tenant_id = $1 and l.deleted_at is null and l.parent_key_result_id = any(array(
       select k.id from key_results k
       where k.tenant_id = $1 and k.objective_id = ${inLine} and k.source = 'rollup' and k.deleted_at is null))`

/**
 * The initiatives that name one of those objectives, or a key result of theirs that is measured by its initiatives. The
 * policy is that of the objective an initiative names, else of its first key result's.
 */
export const initiativesText = `
     select v.id, v.state, v.weight, v.progress, v.tasks, v.starts_on as "startsOn",
       v.due_on as "dueOn", v.objective_id as "objectiveId", v.key_result_ids as "keyResultIds",
       g.policy || coalesce(c.policy, '{}') as policy
     from (
       select v.id from initiatives v where v.tenant_id = $1 and v.objective_id = ${inLine}
       union
       select i.initiative_id from initiative_key_results i where i.tenant_id = $1 and i.key_result_id = any(array(
         select k.id from key_results k
         where k.tenant_id = $1 and k.objective_id = ${inLine} and k.source = 'initiatives' and k.deleted_at is null))
     ) counted
     join lateral (select * from initiatives where tenant_id = $1 and id = counted.id and deleted_at is null limit 1) v on true
     join organizations g on g.tenant_id = $1 and g.id = $1
     left join lateral (
       select k.objective_id as id from initiative_key_results i
       join key_results k on k.tenant_id = $1 and k.id = i.key_result_id
       where i.tenant_id = $1 and i.initiative_id = v.id order by k.id limit 1
     ) first on true
     left join lateral (
       select cycle_id from objectives where tenant_id = $1 and id = coalesce(v.objective_id, first.id) limit 1
     ) o on true
     left join cycles c on c.tenant_id = $1 and c.id = o.cycle_id`
