import { sql } from 'drizzle-orm'
import { visibleThroughSubject } from '../goals/goal.subject.ts'
import { insightRule, openKpis, openObjectives, tenant, today } from './insight.rule.ts'

const many = insightRule<{ count: number; most: number }, { newestId: string }>({
  rule: 'owner_with_many_objectives',
  severity: 'medium',
  scope: 'okr:read',
  find: (sight) => sql`
    select o.owner_type as subject_type, o.owner_id as subject_id, o.cycle_id,
      jsonb_build_object('count', count(*), 'most', ${sql.placeholder('mostObjectives')}::int) as evidence,
      jsonb_build_object('newestId', (array_agg(o.id order by o.created_at desc, o.id desc))[1]) as facts
    from (select o.* ${openObjectives(sight)}) o group by o.owner_type, o.owner_id, o.cycle_id
    having count(*) > ${sql.placeholder('mostObjectives')}::int`,
  because: ({ subjectType, evidence: { count, most } }) =>
    `This ${subjectType} has ${count} objectives in one cycle; more than ${most} are no focus`,
  fix: ({ facts }) => ({ method: 'PATCH', path: `/v1/objectives/${facts.newestId}`, body: { state: 'deferred' } }),
})

const manyKpis = insightRule<{ count: number; most: number }, { quietestId: string }>({
  rule: 'too_many_kpis',
  severity: 'low',
  scope: 'kpi:read',
  // A place is the team, else the department it belongs to, else its owner.
  find: (sight) => sql`
    select i.place_type as subject_type, i.place_id as subject_id, null::uuid as cycle_id,
      jsonb_build_object('count', count(*), 'most', ${sql.placeholder('mostKpis')}::int) as evidence,
      jsonb_build_object('quietestId', (array_agg(i.id order by i.stale_from nulls first, i.created_at, i.id))[1]) as facts
    from (select i.*, coalesce(i.team_id, i.department_id, i.owner_id) as place_id,
        case when i.team_id is not null then 'team' when i.department_id is not null then 'department' else i.owner_type end as place_type
      ${openKpis(sight)}) i group by i.place_type, i.place_id
    having count(*) > ${sql.placeholder('mostKpis')}::int`,
  because: ({ subjectType, evidence: { count, most } }) =>
    `This ${subjectType} watches ${count} KPIs; a board of more than ${most} helps nobody`,
  fix: ({ facts }) => ({ method: 'PATCH', path: `/v1/kpis/${facts.quietestId}`, body: { state: 'retired' } }),
})

const openTooLong = insightRule<{ severity: string; openSince: string; cadence: string }, { title: string }>({
  rule: 'blocker_open_too_long',
  severity: 'medium',
  scope: 'okr:read',
  find: (sight) => sql`
    select 'blocker' as subject_type, b.id as subject_id, b.cycle_id,
      jsonb_build_object('severity', b.severity, 'openSince', to_char(b.opened, 'YYYY-MM-DD'), 'cadence', b.cadence) as evidence,
      jsonb_build_object('title', b.title) as facts
    from (
      select blockers.*, (blockers.created_at at time zone ${sql.placeholder('timeZone')}::text)::date as opened,
        coalesce(k.cadence, g.default_cadence) as cadence, coalesce(o.cycle_id, ko.cycle_id) as cycle_id
      from blockers
      join organizations g on g.tenant_id = ${tenant} and g.id = ${tenant}
      left join objectives o on o.tenant_id = ${tenant} and o.id = blockers.objective_id
      left join key_results k on k.tenant_id = ${tenant} and k.id = blockers.key_result_id
      left join objectives ko on ko.tenant_id = ${tenant} and ko.id = k.objective_id
      where blockers.tenant_id = ${tenant} and blockers.deleted_at is null and blockers.state = 'open'
        and ${visibleThroughSubject(sight, 'blockers', ['objective', 'key_result', 'initiative']) ?? sql`true`}
    ) b where b.opened + (case b.cadence when 'day' then interval '1 day' when 'week' then interval '1 week'
      when 'month' then interval '1 month' else interval '3 months' end) < ${today}::date`,
  because: ({ facts, evidence: { openSince, cadence } }) =>
    `"${facts.title}" has been in the way since ${openSince}, longer than a ${cadence}`,
  fix: ({ subjectId }) => ({ method: 'PATCH', path: `/v1/blockers/${subjectId}`, body: { state: 'resolved' } }),
})

export const ownerRules = [many, manyKpis, openTooLong]
