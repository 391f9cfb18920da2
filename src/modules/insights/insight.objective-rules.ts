import { sql } from 'drizzle-orm'
import { objectiveVisible } from '../goals/goal.visibility.ts'
import { type Finding, healthToday, insightRule, measuresOf, openObjectives, tenant } from './insight.rule.ts'

type Titled = { title: string }
const quoted = ({ facts }: Finding<unknown, Titled>): string => `"${facts.title}"`

const withoutKeyResults = insightRule<Record<string, never>, Titled>({
  rule: 'objective_without_key_results',
  severity: 'high',
  scope: 'okr:read',
  find: (sight) => sql`
    select 'objective' as subject_type, o.id as subject_id, o.cycle_id, '{}'::jsonb as evidence,
      jsonb_build_object('title', o.title) as facts
    ${openObjectives(sight)} and o.progress_source not in ('aligned', 'manual')
      and not exists (select from key_results m where ${measuresOf('o')})`,
  because: (finding) => `${quoted(finding)} has no key result: nobody can tell whether it is reached`,
  fix: ({ subjectId, facts }) => ({
    method: 'POST',
    path: '/v1/key-results',
    body: { objectiveId: subjectId, title: `Find the measure of: ${facts.title}`.slice(0, 200), kind: 'baseline' },
  }),
})

const manyKeyResults = insightRule<{ count: number; most: number }, Titled & { newestId: string }>({
  rule: 'objective_with_many_key_results',
  severity: 'low',
  scope: 'okr:read',
  find: (sight) => sql`
    select 'objective' as subject_type, o.id as subject_id, o.cycle_id,
      jsonb_build_object('count', many.count, 'most', ${sql.placeholder('mostKeyResults')}::int) as evidence,
      jsonb_build_object('title', o.title, 'newestId', many.newest) as facts
    from (select count(*) as count, (array_agg(m.id order by m.weight, m.created_at desc, m.id desc))[1] as newest, m.objective_id
      from key_results m where m.tenant_id = ${tenant} and m.deleted_at is null and m.role = 'measure'
        and m.state not in ('cancelled', 'deferred') group by m.objective_id
      having count(*) > ${sql.placeholder('mostKeyResults')}::int) many
    cross join lateral (select o.* ${openObjectives(sight)} and o.id = many.objective_id) o`,
  because: (finding) =>
    `${quoted(finding)} has ${finding.evidence.count} key results; more than ${finding.evidence.most} are no focus`,
  fix: ({ facts }) => ({ method: 'PATCH', path: `/v1/key-results/${facts.newestId}`, body: { state: 'deferred' } }),
})

const unaligned = insightRule<
  { ownerType: string },
  Titled & { cycleId: string; parentId: string | null; parentTitle: string | null }
>({
  rule: 'objective_unaligned',
  severity: 'medium',
  scope: 'okr:read',
  find: (sight) => sql`
    select 'objective' as subject_type, o.id as subject_id, o.cycle_id, jsonb_build_object('ownerType', o.owner_type) as evidence,
      jsonb_build_object('title', o.title, 'cycleId', o.cycle_id, 'parentId', above.id, 'parentTitle', above.title) as facts
    from (select o.*, c.root_id ${openObjectives(sight)} and o.owner_type <> 'organization'
      and not exists (select from alignments a where a.tenant_id = ${tenant} and a.child_objective_id = o.id and a.deleted_at is null)
    ) o left join lateral (
      select p.id, p.title from objectives p join cycles d on d.tenant_id = ${tenant} and d.id = p.cycle_id and d.root_id = o.root_id
      where p.tenant_id = ${tenant} and p.deleted_at is null and p.state = 'active' and p.owner_type = 'organization'
        and ${objectiveVisible(sight, 'p') ?? sql`true`}
      order by p.pillar_id is not distinct from o.pillar_id desc, p.created_at, p.id limit 1
    ) above on true`,
  because: (finding) => `${quoted(finding)} is aligned to nothing: nobody above counts on it`,
  fix: ({ subjectId, facts: { cycleId, parentId } }) =>
    parentId === null
      ? {
          method: 'POST',
          path: '/v1/objectives',
          body: { title: 'What the organization wants to reach', cycleId, ownerType: 'organization' },
        }
      : {
          method: 'POST',
          path: '/v1/alignments',
          body: { childObjectiveId: subjectId, parentObjectiveId: parentId, relation: 'contributes' },
        },
})

const onlyMilestones = insightRule<{ keyResults: number }, Titled>({
  rule: 'objective_only_milestones',
  severity: 'low',
  scope: 'okr:read',
  find: (sight) => sql`
    select 'objective' as subject_type, o.id as subject_id, o.cycle_id,
      jsonb_build_object('keyResults', (select count(*) from key_results m where ${measuresOf('o')})) as evidence,
      jsonb_build_object('title', o.title) as facts
    ${openObjectives(sight)} and exists (select from key_results m where ${measuresOf('o')})
      and not exists (select from key_results m where ${measuresOf('o')} and m.kind <> 'milestone')`,
  because: (finding) => `${quoted(finding)} has milestones only: they tell what was done, not what came of it`,
  fix: ({ subjectId, facts }) => ({
    method: 'POST',
    path: '/v1/key-results',
    body: { objectiveId: subjectId, title: `Find the outcome of: ${facts.title}`.slice(0, 200), kind: 'baseline' },
  }),
})

const committedOffTrack = insightRule<{ progress: number | null; health: string }, Titled & { worstId: string | null }>(
  {
    rule: 'committed_objective_off_track',
    severity: 'high',
    scope: 'okr:read',
    find: (sight) => sql`
    select 'objective' as subject_type, o.id as subject_id, o.cycle_id,
      jsonb_build_object('progress', o.progress, 'health', 'off_track') as evidence,
      jsonb_build_object('title', o.title, 'worstId', (select m.id from key_results m where ${measuresOf('o')}
        order by m.progress nulls first, m.id limit 1)) as facts
    ${openObjectives(sight)} and o.commitment = 'committed' and ${healthToday('o')} = 'off_track'`,
    because: (finding) => `${quoted(finding)} is committed to, and off track`,
    fix: ({ subjectId, facts: { title, worstId } }) => ({
      method: 'POST',
      path: '/v1/initiatives',
      body: {
        title: `Get back on track: ${title}`.slice(0, 200),
        objectiveId: subjectId,
        keyResultIds: worstId === null ? [] : [worstId],
      },
    }),
  },
)

const withoutGuardrail = insightRule<
  { templateId: string; guardrail: string },
  Titled & { keyResult: Record<string, unknown> }
>({
  rule: 'growth_without_guardrail',
  severity: 'medium',
  scope: 'okr:read',
  // Where a template names no guardrail none is missing.
  find: (sight) => sql`
    select 'objective' as subject_type, o.id as subject_id, o.cycle_id,
      jsonb_build_object('templateId', o.template_id, 'guardrail', wanted.key_result ->> 'title') as evidence,
      jsonb_build_object('title', o.title, 'keyResult', jsonb_strip_nulls(wanted.key_result)) as facts
    from (select o.* ${openObjectives(sight)} and o.template_id is not null) o
    cross join lateral (
      select g.key_result from (
        select v.id, v."keyResult" as key_result from jsonb_to_recordset(${sql.placeholder('builtInGuardrails')}::jsonb) as v (id uuid, "keyResult" jsonb)
        union all
        select t.id, r from okr_templates t cross join lateral jsonb_array_elements(t.key_results) r
        where t.tenant_id = ${tenant} and r ->> 'role' = 'guardrail'
      ) g where g.id = o.template_id limit 1
    ) wanted
    where exists (select from key_results m where ${measuresOf('o')})
      and not exists (select from key_results m where m.tenant_id = ${tenant} and m.objective_id = o.id
        and m.deleted_at is null and m.role = 'guardrail' and m.state not in ('cancelled', 'deferred'))`,
  because: (finding) =>
    `${quoted(finding)} may grow at the cost of something else: its template names the guardrail "${finding.evidence.guardrail}"`,
  fix: ({ subjectId, facts }) => ({
    method: 'POST',
    path: '/v1/key-results',
    body: { objectiveId: subjectId, ...facts.keyResult },
  }),
})

export const objectiveRules = [
  withoutKeyResults,
  manyKeyResults,
  unaligned,
  onlyMilestones,
  committedOffTrack,
  withoutGuardrail,
]
