import type { NodeScore, Policy, ReportedHealth } from '../../scoring/index.ts'
import type { keyResults } from '../key-results/key-result.table.ts'
import type { objectives } from '../objectives/objective.table.ts'

type KeyResult = typeof keyResults.$inferSelect
type Objective = typeof objectives.$inferSelect

export type ObjectiveRow = Pick<
  Objective,
  'id' | 'state' | 'commitment' | 'progressSource' | 'manualProgress' | 'score'
> & {
  graphId: string
  weekStart: number
  fiscalYearStartMonth: number
  policy: Partial<Policy> | null
  firstDay: string
  lastDay: string
  cycleState: string
  /** Of the newest update by a person. */
  reportedHealth: ReportedHealth | null
  reportedOn: string | null
}

export type KeyResultRow = Omit<KeyResult, 'tenantId' | 'externalId' | 'createdAt' | 'updatedAt'> & {
  firstDay: string
  lastDay: string
}

/** A closed goal counts at its last value: once its score says so, nothing scores it again until it is reopened. */
export const isSettled = ({ state, score }: Pick<ObjectiveRow, 'state' | 'score'>): boolean =>
  state === 'closed' && score?.timeline[0]?.effective === 'closed'

export type AlignmentRow = {
  id: string
  childId: string
  parentObjectiveId: string | null
  parentKeyResultId: string | null
  relation: 'contributes' | 'supports'
  weight: number
  childState: Objective['state']
  childScore: NodeScore | null
}

// Everything above the seeds that their progress can reach: `contributes` edges to objectives, and to the objective of
// a key result that is measured by what is aligned to it; and wherever one of their key results is added up. Deleted key
// results lead on too, for what they no longer add must be taken away.
/** $1 tenant, $2 objectives, $3 key results, $4 whether to climb, $5 time zone, $6 today: for all texts of goals. */
export const line = `
  with recursive line (id) as (
    select unnest($2::uuid[])
    union select objective_id from key_results where tenant_id = $1 and id = any($3)
    union
    select above.id from line cross join lateral (
      select coalesce(a.parent_objective_id, k.objective_id) as id from alignments a
      left join key_results k on k.tenant_id = $1 and k.id = a.parent_key_result_id
      where a.tenant_id = $1 and a.child_objective_id = line.id and a.deleted_at is null and a.relation = 'contributes'
        and (a.parent_objective_id is not null or k.source = 'aligned')
      union all
      select parent.objective_id from key_results child
      join key_result_links l on l.tenant_id = $1 and l.child_key_result_id = child.id and l.deleted_at is null
      join key_results parent on parent.tenant_id = $1 and parent.id = l.parent_key_result_id
      where child.tenant_id = $1 and child.objective_id = line.id
    ) above where $4::boolean
  )`

export type Seeds = {
  objectiveIds: readonly string[]
  keyResultIds: readonly string[]
  /** False reads the seeds and their neighbours only, nothing above. */
  climb?: boolean
}

// Nobody can foresee how long a line is. Joined, it is taken for thousands of rows, for which reading all goals of the
// organization seems the cheaper way; as a list it is looked up one by one. `limit 1` keeps a lookup by id a lookup, too.
export const inLine = 'any(array(select id from line))'

/** The objectives whose score may change, with the days and the policy that apply to them. */
export const objectivesText = `
     select o.id, o.state, o.commitment, o.progress_source as "progressSource", o.manual_progress as "manualProgress", o.score,
       c.root_id as "graphId", c.state as "cycleState", g.policy || c.policy as policy,
       g.week_start as "weekStart", g.fiscal_year_start_month as "fiscalYearStartMonth",
       coalesce(o.starts_on, c.starts_on) as "firstDay", coalesce(o.due_on, c.ends_on) as "lastDay",
       u.reported_health as "reportedHealth", u.day as "reportedOn"
     from objectives o
     join cycles c on c.tenant_id = $1 and c.id = o.cycle_id
     join organizations g on g.tenant_id = $1 and g.id = $1
     left join lateral (
       select u.reported_health, (u.effective_at at time zone $5::text)::date as day from objective_updates u
       where u.tenant_id = $1 and u.objective_id = o.id and u.deleted_at is null and u.by_person
       order by u.effective_at desc nulls last, u.id desc nulls last limit 1
     ) u on true
     where o.tenant_id = $1 and o.id = ${inLine} and o.deleted_at is null`

/** All key results of those objectives: the ones to score, and their neighbours with the score they have. */
export const keyResultsText = `
     select k.id, k.objective_id as "objectiveId", k.kind, k.source, k.kpi_id as "kpiId", k.kpi_window as "kpiWindow", k.role, k.state, k.weight, k.baseline, k.target, k.waypoints,
       k.min, k.max, k.exclusive, k.mode, k.period, k.steps, k.zones, k.cadence, k.zone, k.score, k.scored_at as "scoredAt", k.settled_on as "settledOn",
       k.last_check_in_id as "lastCheckInId",
       coalesce(k.starts_on, o.starts_on, c.starts_on) as "firstDay", coalesce(k.due_on, o.due_on, c.ends_on) as "lastDay"
     from key_results k
     join lateral (select * from objectives where tenant_id = $1 and id = k.objective_id limit 1) o on true
     join cycles c on c.tenant_id = $1 and c.id = o.cycle_id
     where k.tenant_id = $1 and k.objective_id = ${inLine} and k.deleted_at is null`

/** What is aligned to those objectives and their key results, with the score it has. */
export const alignmentsText = `
     select a.id, a.child_objective_id as "childId", a.parent_objective_id as "parentObjectiveId",
       a.parent_key_result_id as "parentKeyResultId", a.relation, a.weight, o.state as "childState", o.score as "childScore"
     from (
       select a.* from alignments a where a.tenant_id = $1 and a.parent_objective_id = ${inLine}
       union all
       select a.* from alignments a where a.tenant_id = $1 and a.parent_key_result_id = any(array(
         select k.id from key_results k where k.tenant_id = $1 and k.objective_id = ${inLine} and k.deleted_at is null))
     ) a join lateral (
       select state, score from objectives where tenant_id = $1 and id = a.child_objective_id and deleted_at is null limit 1
     ) o on true
     where a.deleted_at is null`
