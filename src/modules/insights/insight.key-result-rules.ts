import { sql } from 'drizzle-orm'
import { type Finding, healthToday, insightRule, measuresOf, openKeyResults, tenant, today } from './insight.rule.ts'

type Titled = { title: string }
const quoted = ({ facts }: Finding<unknown, Titled>): string => `"${facts.title}"`
const pathOf = ({ subjectId }: { subjectId: string }): string => `/v1/key-results/${subjectId}`

/** A first or next reading that says nothing new, for the caller to put the true one in its place. */
type Read = { kind: string; source: string; value: number | null; zone: string | null; stepId: string | null }

const readingOf = ({ kind, value, zone, stepId }: Read): Record<string, unknown> => {
  if (kind === 'ordinal') return { zone }
  return kind === 'milestone' ? { step: { id: stepId, done: true } } : { value: value ?? 0 }
}

/** What `readingOf` needs: the value now, else where it starts; the lowest zone; the next open step. */
const read = sql`'kind', k.kind, 'source', k.source, 'value', coalesce((k.score ->> 'value')::float8, k.baseline, k.min, k.max),
  'zone', coalesce(k.zone, k.zones -> 0 ->> 'name', 'fail'),
  'stepId', (select s ->> 'id' from jsonb_array_elements(case jsonb_typeof(k.steps) when 'array' then k.steps else '[]' end) s
    where not (s ->> 'done')::boolean limit 1)`

const isStale = sql`(select (s ->> 'stale')::boolean from jsonb_array_elements(k.score -> 'timeline') s
  where coalesce(s ->> 'from', '') collate "C" <= ${today} order by coalesce(s ->> 'from', '') collate "C" desc limit 1)`

const lastRead = (at: string | null): string => (at === null ? 'was never read' : `was last read on ${at.slice(0, 10)}`)

const withoutOwner = insightRule<Record<string, never>, Titled & { ownerId: string | null }>({
  rule: 'key_result_without_owner',
  severity: 'medium',
  scope: 'okr:read',
  find: (sight) => sql`
    select 'key_result' as subject_type, k.id as subject_id, o.cycle_id, '{}'::jsonb as evidence,
      jsonb_build_object('title', k.title, 'ownerId', coalesce(o.owner_user_id,
        (select t.lead_id from teams t where t.tenant_id = ${tenant} and t.id = o.owner_team_id),
        (select d.lead_id from departments d where d.tenant_id = ${tenant} and d.id = o.owner_department_id))) as facts
    ${openKeyResults(sight)} and k.owner_id is null`,
  because: (finding) => `${quoted(finding)} has no owner: nobody looks after it`,
  fix: (finding, { userId }) => {
    const ownerId = finding.facts.ownerId ?? userId
    return ownerId === null ? null : { method: 'PATCH', path: pathOf(finding), body: { ownerId } }
  },
})

const stale = insightRule<{ cadence: string; lastReadAt: string | null }, Titled & Read>({
  rule: 'key_result_stale',
  severity: 'medium',
  scope: 'okr:read',
  find: (sight) => sql`
    select 'key_result' as subject_type, k.id as subject_id, o.cycle_id,
      jsonb_build_object('cadence', k.cadence, 'lastReadAt', (select to_char(n.effective_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
        from check_ins n where n.tenant_id = ${tenant} and n.id = k.last_check_in_id)) as evidence,
      jsonb_build_object('title', k.title, ${read}) as facts
    ${openKeyResults(sight)} and ${isStale}`,
  because: (finding) =>
    `${quoted(finding)} ${lastRead(finding.evidence.lastReadAt)}, and should be every ${finding.evidence.cadence}`,
  fix: (finding) =>
    finding.facts.source === 'checkins'
      ? { method: 'POST', path: `${pathOf(finding)}/check-ins`, body: readingOf(finding.facts) }
      : null,
})

const notMeasurable = insightRule<{ kind: string; source: string }, Titled>({
  rule: 'key_result_not_measurable',
  severity: 'medium',
  scope: 'okr:read',
  // What people read and never did is stale; here there is nothing that could ever be read.
  find: (sight) => sql`
    select 'key_result' as subject_type, k.id as subject_id, o.cycle_id,
      jsonb_build_object('kind', k.kind, 'source', k.source) as evidence, jsonb_build_object('title', k.title) as facts
    ${openKeyResults(sight)} and k.source <> 'checkins' and ${healthToday('k')} = 'no_data' and ${isStale} is not true`,
  because: (finding) =>
    `${quoted(finding)} has nothing it could be measured by: its source is ${finding.evidence.source}`,
  fix: (finding) => ({ method: 'PATCH', path: pathOf(finding), body: { state: 'deferred' } }),
})

const silenced = insightRule<{ weight: number; share: number; smallest: number }, Titled & { usual: number }>({
  rule: 'weight_silences_item',
  severity: 'low',
  scope: 'okr:read',
  find: (sight) => sql`
    select 'key_result' as subject_type, k.id as subject_id, k.cycle_id,
      jsonb_build_object('weight', k.weight, 'share', round((k.weight / k.total)::numeric, 6),
        'smallest', ${sql.placeholder('smallestShare')}::float8) as evidence,
      jsonb_build_object('title', k.title, 'usual', (k.total - k.weight) / (k.neighbours - 1)) as facts
    from (select k.*, o.cycle_id, (select sum(m.weight) from key_results m where ${measuresOf('k')}) as total,
        (select count(*) from key_results m where ${measuresOf('k')}) as neighbours
      ${openKeyResults(sight)} and k.role = 'measure') k
    where k.total > 0 and k.neighbours > 1 and k.weight < k.total * ${sql.placeholder('smallestShare')}::float8`,
  because: (finding) =>
    `${quoted(finding)} has ${Number((finding.evidence.share * 100).toFixed(1))} % of the weight: whatever happens to it, nobody sees it`,
  fix: (finding) => ({
    method: 'PATCH',
    path: pathOf(finding),
    body: { weight: finding.facts.usual, reason: 'It shall be heard' },
  }),
})

type Definition = { baseline: number | null; target: number | null; min: number | null; max: number | null }

const softened = insightRule<{ before: Definition; now: Definition }, Titled>({
  rule: 'definition_softened',
  severity: 'medium',
  scope: 'okr:read',
  // Against the definition at the first reading: the first revision that changed a member still knows what it was.
  find: (sight) => sql`
    select 'key_result' as subject_type, k.id as subject_id, k.cycle_id,
      jsonb_build_object('before', to_jsonb(was), 'now', jsonb_build_object('baseline', k.baseline, 'target', k.target, 'min', k.min, 'max', k.max)) as evidence,
      jsonb_build_object('title', k.title) as facts
    from (select k.*, o.cycle_id ${openKeyResults(sight)} and exists
      (select from revisions r where r.tenant_id = ${tenant} and r.key_result_id = k.id)) k
    cross join lateral (select ${sql.join(
      (['baseline', 'target', 'min', 'max'] as const).map(
        (
          member,
        ) => sql`coalesce((select r.changes -> '${sql.raw(member)}' from revisions r where r.tenant_id = ${tenant} and r.key_result_id = k.id
          and r.changes -> '${sql.raw(member)}' is not null order by r.recorded_at, r.id limit 1) ->> 'before', k.${sql.raw(member)}::text)::float8 as "${sql.raw(member)}"`,
      ),
      sql`, `,
    )}) was
    where (k.kind = 'metric' and (
        ((k.score ->> 'value')::float8 - k.baseline) / (k.target - k.baseline)
          > ((k.score ->> 'value')::float8 - was.baseline) / nullif(was.target - was.baseline, 0) + 1e-9
        or (k.baseline = was.baseline and abs(k.target - k.baseline) < abs(was.target - was.baseline))))
      or (k.kind = 'threshold' and (k.min < was.min or k.max > was.max
        or (k.min is null and was.min is not null) or (k.max is null and was.max is not null)))`,
  because: (finding) => `${quoted(finding)} is easier to reach than when it was first read`,
  fix: (finding) => ({
    method: 'PATCH',
    path: pathOf(finding),
    body: { ...changed(finding.evidence), reason: 'Back to what was agreed' },
  }),
})

const changed = ({ before, now }: { before: Definition; now: Definition }): Partial<Definition> =>
  Object.fromEntries(Object.entries(before).filter(([member, value]) => value !== now[member as keyof Definition]))

export const keyResultRules = [withoutOwner, stale, notMeasurable, silenced, softened]
