import type { alertKinds } from '../alert-rules/alert-rule.table.ts'

/** What a rule says of its subject now, beside the alert that is open for it. */
export type Standing = {
  ruleId: string
  kind: (typeof alertKinds)[number]
  kpiId: string | null
  objectiveId: string | null
  keyResultId: string | null
  title: string
  evidence: Record<string, unknown>
  /** Null where SQL cannot say: anomalies are judged by their history. */
  holds: boolean | null
  openId: string | null
}

const today = '$2::text collate "C"'
/** The segment of a stored timeline that today falls into (decision 12). */
const segment = (
  column: string,
  member: string,
): string => `(select s -> '${member}' from jsonb_array_elements(${column} -> 'timeline') s
  where coalesce(s ->> 'from', '') collate "C" <= ${today} order by coalesce(s ->> 'from', '') collate "C" desc limit 1)`
const judged = `(${segment('i.judged', 'value')} #>> '{}')::float8`

/**
 * What rules say now: only where something is to be raised, resolved or looked at closer. $1 tenant, $2 today, $3 rules, null
 * for all; $4 KPIs, $5 objectives, $6 key results, where only some are looked at. A text of its own for these, because
 * "all or one of them" is found by reading all, and each is then looked for in the list from its beginning.
 */
const standingsOf = (among: (id: string, place: '$4' | '$5' | '$6') => string, amongOpen: string): string => `
  with rules as materialized (
    select * from alert_rules r where r.tenant_id = $1 and r.deleted_at is null and r.enabled and ($3::uuid[] is null or r.id = any($3))
  ), standing as (
    select r.id as rule_id, r.kind, i.id as kpi_id, null::uuid as objective_id, null::uuid as key_result_id, i.name as title,
      case r.kind when 'kpi_stale' then jsonb_build_object('staleFrom', i.stale_from)
        else jsonb_strip_nulls(jsonb_build_object('value', ${judged}, 'above', r.above, 'below', r.below)) end as evidence,
      case r.kind when 'kpi_stale' then coalesce(i.stale_from collate "C" <= ${today}, false)
        when 'kpi_threshold' then case when r.above is null and r.below is null
          then coalesce(i.status_is[width_bucket(${today}, i.status_from)] = 'red', false)
          else coalesce(${judged} > r.above, false) or coalesce(${judged} < r.below, false) end
        end as holds
    from rules r join kpis i on i.tenant_id = $1 and i.deleted_at is null and i.state = 'active' and (r.kpi_id is null or i.id = r.kpi_id)
      ${among('i.id', '$4')}
    where r.kind in ('kpi_threshold', 'kpi_stale', 'kpi_anomaly')
    union all
    select r.id, r.kind, null, o.id, null, o.title, jsonb_build_object('progress', o.progress),
      coalesce(o.health_is[width_bucket(${today}, o.health_from)] = 'off_track', false)
    from rules r join objectives o on o.tenant_id = $1 and o.deleted_at is null and o.state = 'active'
      and (r.objective_id is null or o.id = r.objective_id) ${among('o.id', '$5')}
    where r.kind = 'objective_off_track'
    union all
    select r.id, r.kind, null, null, k.id, k.title, jsonb_build_object('cadence', k.cadence),
      coalesce((${segment('k.score', 'stale')} #>> '{}')::boolean, false)
    from rules r join key_results k on k.tenant_id = $1 and k.deleted_at is null and k.state = 'active'
      and (r.key_result_id is null or k.id = r.key_result_id) ${among('k.id', '$6')}
    join objectives o on o.tenant_id = $1 and o.id = k.objective_id and o.deleted_at is null and o.state = 'active'
    where r.kind = 'key_result_stale'
  ), open as (
    select a.* from alerts a where a.tenant_id = $1 and a.resolved_at is null and ($3::uuid[] is null or a.rule_id = any($3)) ${amongOpen}
  )
  select coalesce(s.rule_id, a.rule_id) as "ruleId", s.kind, coalesce(s.kpi_id, a.kpi_id) as "kpiId",
    coalesce(s.objective_id, a.objective_id) as "objectiveId", coalesce(s.key_result_id, a.key_result_id) as "keyResultId",
    s.title, s.evidence, case when s.rule_id is null then false else s.holds end as holds, a.id as "openId"
  from standing s full join open a on a.rule_id = s.rule_id and a.subject_id = coalesce(s.kpi_id, s.objective_id, s.key_result_id)
  where case when s.rule_id is null then true when s.holds is null then true else s.holds = (a.id is null) end
  order by 1, coalesce(s.kpi_id, s.objective_id, s.key_result_id, a.subject_id)`

export const standingsTexts = {
  alert_standings: standingsOf(() => '', ''),
  alert_standings_of: standingsOf(
    (id, place) => `and ${id} = any(${place}::uuid[])`,
    'and a.subject_id = any($4::uuid[] || $5::uuid[] || $6::uuid[])',
  ),
} as const

/** An episode begins once: somebody who raised it meanwhile has told of it. */
export const raiseText = `
  insert into alerts (tenant_id, id, rule_id, kpi_id, objective_id, key_result_id, because, evidence, raised_at, created_at, updated_at)
  select $1, v.id, v."ruleId", v."kpiId", v."objectiveId", v."keyResultId", v.because, v.evidence, $2, $2, $2
  from jsonb_to_recordset($3) as v (id uuid, "ruleId" uuid, "kpiId" uuid, "objectiveId" uuid, "keyResultId" uuid, because text, evidence jsonb)
  on conflict (tenant_id, rule_id, subject_id) where resolved_at is null do nothing
  returning id, subject_type as "subjectType", subject_id as "subjectId"`

export const resolveText = `
  update alerts set resolved_at = $2, updated_at = $2, version = version + 1
  where tenant_id = $1 and id = any($3) and resolved_at is null
  returning id, subject_type as "subjectType", subject_id as "subjectId"`
