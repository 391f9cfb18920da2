import type { Context } from '../../api/operation.ts'
import { query } from '../../db/statement.ts'
import type { NodeScore, Policy, Reading, ReportedHealth } from '../../scoring/index.ts'
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

/** What the readings of a key result say: see `KeyResultInput` for which of them are needed. */
export type ReadingsRow = {
  id: string
  readings: [day: string, value: number | null, zone: string | null][] | null
  firstReadingDay: string | null
  lastReadingDay: string | null
  lastCheckInId: string | null
  reportedHealth: ReportedHealth | null
  reportedOn: string | null
  confidence: number | null
  steps: Record<string, boolean> | null
}

export const toReadings = (rows: ReadingsRow['readings']): Reading[] =>
  (rows ?? []).map(([day, value, zone]) => ({ day, value, zone }))

// Everything above the seeds that their progress can reach: `contributes` edges to objectives, and to the objective of
// a key result that is measured by what is aligned to it; and wherever one of their key results is added up. Deleted key
// results lead on too, for what they no longer add must be taken away.
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

export const seeded = ({ actor }: Context, { objectiveIds, keyResultIds, climb = true }: Seeds) => [
  actor.tenantId,
  objectiveIds,
  keyResultIds,
  climb,
]

/** The objectives whose score may change, with the days and the policy that apply to them. */
export const loadObjectives = (ctx: Context, seeds: Seeds): Promise<ObjectiveRow[]> =>
  query(
    ctx.db,
    'goal_line_objectives',
    `${line}
     select o.id, o.state, o.commitment, o.progress_source as "progressSource", o.manual_progress as "manualProgress", o.score,
       c.root_id as "graphId", c.state as "cycleState", g.policy || c.policy as policy,
       g.week_start as "weekStart", g.fiscal_year_start_month as "fiscalYearStartMonth",
       coalesce(o.starts_on, c.starts_on) as "firstDay", coalesce(o.due_on, c.ends_on) as "lastDay",
       u.reported_health as "reportedHealth", u.day as "reportedOn"
     from line join objectives o on o.tenant_id = $1 and o.id = line.id
     join cycles c on c.tenant_id = $1 and c.id = o.cycle_id
     join organizations g on g.tenant_id = $1 and g.id = $1
     left join lateral (
       select u.reported_health, to_char(u.effective_at at time zone $5::text, 'YYYY-MM-DD') as day from objective_updates u
       where u.tenant_id = $1 and u.objective_id = o.id and u.deleted_at is null and u.by_person
       order by u.effective_at desc nulls last, u.id desc nulls last limit 1
     ) u on true
     where o.deleted_at is null`,
    [...seeded(ctx, seeds), ctx.organization.timeZone],
  )

/** All key results of those objectives: the ones to score, and their neighbours with the score they have. */
export const loadKeyResults = (ctx: Context, seeds: Seeds): Promise<KeyResultRow[]> =>
  query(
    ctx.db,
    'goal_line_key_results',
    `${line}
     select k.id, k.objective_id as "objectiveId", k.kind, k.source, k.role, k.state, k.weight, k.baseline, k.target, k.waypoints,
       k.min, k.max, k.exclusive, k.mode, k.period, k.steps, k.zones, k.cadence, k.zone, k.score, k.settled_on as "settledOn",
       k.last_check_in_id as "lastCheckInId",
       coalesce(k.starts_on, o.starts_on, c.starts_on) as "firstDay", coalesce(k.due_on, o.due_on, c.ends_on) as "lastDay"
     from line join objectives o on o.tenant_id = $1 and o.id = line.id
     join cycles c on c.tenant_id = $1 and c.id = o.cycle_id
     join key_results k on k.tenant_id = $1 and k.objective_id = o.id and k.deleted_at is null`,
    seeded(ctx, seeds),
  )

/** What is aligned to those objectives and their key results, with the score it has. */
export const loadAlignments = (ctx: Context, seeds: Seeds): Promise<AlignmentRow[]> =>
  query(
    ctx.db,
    'goal_line_alignments',
    `${line}
     select a.id, a.child_objective_id as "childId", a.parent_objective_id as "parentObjectiveId",
       a.parent_key_result_id as "parentKeyResultId", a.relation, a.weight, o.state as "childState", o.score as "childScore"
     from (
       select a.* from line join alignments a on a.tenant_id = $1 and a.parent_objective_id = line.id
       union all
       select a.* from line join key_results k on k.tenant_id = $1 and k.objective_id = line.id and k.deleted_at is null
       join alignments a on a.tenant_id = $1 and a.parent_key_result_id = k.id
     ) a join objectives o on o.tenant_id = $1 and o.id = a.child_objective_id and o.deleted_at is null
     where a.deleted_at is null`,
    seeded(ctx, seeds),
  )

/** The readings of the given key results, as far as scoring needs them; `today` and days are the organization's. */
export const loadReadings = (ctx: Context, keyResultIds: readonly string[]): Promise<ReadingsRow[]> =>
  query(ctx.db, 'goal_readings', readingsText('$2', '$3', '$4'), [
    ctx.actor.tenantId,
    keyResultIds,
    ctx.organization.timeZone,
    ctx.today,
  ])

/** The same of the seeds, and of everything above them that follows other goals: people speak about these too. */
export const loadReadingsAbove = (ctx: Context, seeds: Seeds): Promise<ReadingsRow[]> =>
  query(ctx.db, 'goal_line_readings', `${line} ${readingsText(followers, '$5', '$6')}`, [
    ...seeded(ctx, seeds),
    ctx.organization.timeZone,
    ctx.today,
  ])

const followers = `$3::uuid[] || array(select k.id from line
  join key_results k on k.tenant_id = $1 and k.objective_id = line.id and k.deleted_at is null and k.source <> 'checkins')`

const dayIn = (zone: string) => (instant: string) => `to_char(${instant} at time zone ${zone}::text, 'YYYY-MM-DD')`
const live = 'c.tenant_id = $1 and c.key_result_id = k.id and c.superseded_at is null and not c.voided'
const order = 'c.effective_at desc, c.recorded_at desc, c.id desc'

const readingsText = (ids: string, zone: string, today: string): string => {
  const day = dayIn(zone)
  return `
  select k.id, r.readings, r."firstReadingDay", r."lastReadingDay", n."lastCheckInId",
    p.reported_health as "reportedHealth", p.day as "reportedOn", f.confidence, s.steps
  from (
    select k.id, k.mode, k.kind, span.first_day, span.last_day,
      span.first_day + (least(greatest(${today}::date, span.first_day), span.last_day) - span.first_day) / 2 as half
    from key_results k
    join objectives o on o.tenant_id = $1 and o.id = k.objective_id
    join cycles y on y.tenant_id = $1 and y.id = o.cycle_id
    cross join lateral (select coalesce(k.starts_on, o.starts_on, y.starts_on) as first_day, coalesce(k.due_on, o.due_on, y.ends_on) as last_day) span
    where k.tenant_id = $1 and k.id = any(${ids})
  ) k
  left join lateral (
    select json_agg(json_build_array(${day('c.effective_at')}, c.value, c.zone) order by c.effective_at, c.recorded_at, c.id)
        filter (where c.step_id is null and (c.newest or k.mode in ('adherence', 'accrual') or c.effective_at >= (k.half::timestamp at time zone ${zone}::text))) as readings,
      ${day('min(c.effective_at)')} as "firstReadingDay", ${day('max(c.effective_at)')} as "lastReadingDay"
    from (
      select c.*, row_number() over (order by ${order}) = 1 as newest
      from check_ins c
      where ${live} and num_nonnulls(c.value, c.zone, c.step_id) = 1
        and c.effective_at < ((k.last_day + 1)::timestamp at time zone ${zone}::text)
    ) c
  ) r on true
  left join lateral (select c.id as "lastCheckInId" from check_ins c where ${live} order by ${order} limit 1) n on true
  left join lateral (
    select c.reported_health, ${day('c.effective_at')} as day from check_ins c where ${live} and c.by_person order by ${order} limit 1
  ) p on true
  left join lateral (
    select c.confidence from check_ins c where ${live} and c.by_person and c.confidence is not null order by ${order} limit 1
  ) f on true
  left join lateral (
    select json_object_agg(c.step_id, c.step_done) as steps from (
      select distinct on (c.step_id) c.step_id, c.step_done from check_ins c
      where k.kind = 'milestone' and ${live} and c.step_id is not null
        and c.effective_at < ((k.last_day + 1)::timestamp at time zone ${zone}::text)
      order by c.step_id, ${order}
    ) c
  ) s on true`
}
