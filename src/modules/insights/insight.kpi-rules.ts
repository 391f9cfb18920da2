import { type SQL, sql } from 'drizzle-orm'
import { type Finding, type Fix, insightRule, openKpis, tenant, today } from './insight.rule.ts'

type Named = { name: string }
const quoted = ({ facts }: Finding<unknown, Named>): string => `"${facts.name}"`

/** Status today, as lists of KPIs have it. */
const status: SQL = sql`coalesce(i.status_is[width_bucket(${today} collate "C", i.status_from)], 'no_target')`

/** What the status tells of. */
const judged: SQL = sql`(select (s ->> 'value')::float8 from jsonb_array_elements(i.judged -> 'timeline') s
  where coalesce(s ->> 'from', '') collate "C" <= ${today} order by coalesce(s ->> 'from', '') collate "C" desc limit 1)`

/** No open key result follows the KPI. */
const nobodyWorks: SQL = sql`not exists (
  select from key_results m join objectives o on o.tenant_id = ${tenant} and o.id = m.objective_id and o.deleted_at is null
  where m.tenant_id = ${tenant} and m.kpi_id = i.id and m.deleted_at is null and m.state in ('draft', 'active'))`

/** What promoting it takes: the running cycle nearest to its end, and the target in force. */
const promotion: SQL = sql`'name', i.name,
  'cycleId', (select c.id from cycles c where c.tenant_id = ${tenant} and c.deleted_at is null and c.state in ('planned', 'active')
    and ${today}::date between c.starts_on and c.ends_on order by c.ends_on - c.starts_on, c.id limit 1),
  'ownerType', i.owner_type, 'ownerId', i.owner_id, 'direction', i.direction`

const lines: SQL = sql`left join lateral (
  select t.target, t.red_line from kpi_targets t where t.tenant_id = ${tenant} and t.kpi_id = i.id and t.deleted_at is null
    and t.effective_from <= ${today}::date order by t.effective_from desc limit 1) line on true`

type Promoted = Named & {
  cycleId: string | null
  ownerType: string
  ownerId: string
  direction: 'up' | 'down' | 'range'
}

/** Into the running cycle; without one there is nowhere to work on it. */
const promote = (
  { subjectId, facts: { name, cycleId, ownerType, ownerId } }: Finding<unknown, Promoted>,
  target: number | null,
): Fix | null =>
  cycleId === null
    ? null
    : {
        method: 'POST',
        path: `/v1/kpis/${subjectId}/promote`,
        body: {
          cycleId,
          title: `Improve ${name}`.slice(0, 200),
          ...(target === null ? {} : { target }),
          ownerType,
          ownerId,
        },
      }

const red = insightRule<{ value: number | null; target: number | null; redLine: number | null }, Promoted>({
  rule: 'kpi_red_without_key_result',
  severity: 'high',
  scope: 'kpi:read',
  find: (sight) => sql`
    select 'kpi' as subject_type, i.id as subject_id, null::uuid as cycle_id,
      jsonb_build_object('value', ${judged}, 'target', line.target, 'redLine', line.red_line) as evidence,
      jsonb_build_object(${promotion}) as facts
    from (select i.* ${openKpis(sight)} and ${status} = 'red' and ${nobodyWorks}) i ${lines}`,
  because: (finding) => `${quoted(finding)} is at its red line or beyond, and no key result works on it`,
  // Of a range the promotion knows which side it is.
  fix: (finding) => promote(finding, finding.facts.direction === 'range' ? null : finding.evidence.target),
})

type Decline = { value: number; slope: number; periods: number; target: number | null }

/** The target where it lies ahead, else where the KPI came from. */
const worthReaching = ({ value, slope, periods, target }: Decline, direction: string): number => {
  const isAhead = target !== null && (direction === 'up' ? target > value : target < value)
  return isAhead ? target : Number((value - slope * (periods - 1)).toPrecision(6))
}

const declining = insightRule<Decline, Promoted>({
  rule: 'kpi_declining_without_key_result',
  severity: 'medium',
  scope: 'kpi:read',
  // Small movements are noise: over the periods of its trend it must have lost a noticeable part of its value.
  find: (sight) => sql`
    select 'kpi' as subject_type, i.id as subject_id, null::uuid as cycle_id,
      jsonb_build_object('value', i.now, 'slope', i.slope, 'periods', i.periods, 'target', line.target) as evidence,
      jsonb_build_object(${promotion}) as facts
    from (select i.*, ${judged} as now, (i.judged -> 'trend' ->> 'periods')::int as periods
      ${openKpis(sight)} and i.direction <> 'range' and ${status} <> 'red' and ${nobodyWorks}) i ${lines}
    where i.now is not null and (case i.direction when 'up' then -i.slope else i.slope end) > 0
      and abs(i.slope) * (i.periods - 1) >= abs(i.now) * ${sql.placeholder('decline')}::float8`,
  because: (finding) =>
    `${quoted(finding)} has gone the wrong way for ${finding.evidence.periods} periods, and no key result works on it`,
  fix: (finding) => promote(finding, worthReaching(finding.evidence, finding.facts.direction)),
})

const reviewDue = insightRule<{ reviewOn: string }, Named & { nextReviewOn: string }>({
  rule: 'kpi_review_due',
  severity: 'low',
  scope: 'kpi:read',
  find: (sight) => sql`
    select 'kpi' as subject_type, i.id as subject_id, null::uuid as cycle_id,
      jsonb_build_object('reviewOn', to_char(i.review_on, 'YYYY-MM-DD')) as evidence,
      jsonb_build_object('name', i.name, 'nextReviewOn', to_char(${today}::date + interval '1 year', 'YYYY-MM-DD')) as facts
    ${openKpis(sight)} and i.review_on < ${today}::date`,
  because: (finding) =>
    `${quoted(finding)} was to be reviewed on ${finding.evidence.reviewOn}: is it still the right measure?`,
  fix: ({ subjectId, facts }) => ({
    method: 'PATCH',
    path: `/v1/kpis/${subjectId}`,
    body: { reviewOn: facts.nextReviewOn },
  }),
})

export const kpiRules = [red, declining, reviewDue]
