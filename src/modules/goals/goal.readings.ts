import type { Reading, ReportedHealth } from '../../scoring/index.ts'
import type { KpiReadings } from './goal.kpi-readings.ts'
import { inLine } from './goal.queries.ts'

/** What the readings of a key result say: see `KeyResultInput` for which of them are needed. */
export type ReadingsRow = {
  id: string
  /** Oldest first, side by side; null without a reading. */
  days: string[] | null
  values: (number | null)[] | null
  zones: (string | null)[] | null
  /** How many readings each stands for; null where each stands for itself. */
  counts: number[] | null
  firstReadingDay: string | null
  lastReadingDay: string | null
  lastCheckInId: string | null
  reportedHealth: ReportedHealth | null
  reportedOn: string | null
  confidence: number | null
  steps: Record<string, boolean> | null
  /** Of the KPI it follows. */
  frequency?: KpiReadings['frequency']
}

/** What was said of a key result, with the readings of the KPI it follows in the place of people's. */
export const withKpi = (row: ReadingsRow, followed: KpiReadings | undefined): ReadingsRow => {
  if (!followed) return row
  const { readings, frequency } = followed
  return {
    ...row,
    days: readings.map((reading) => reading.day),
    values: readings.map(({ value }) => value),
    zones: readings.map(({ zone }) => zone),
    counts: null,
    firstReadingDay: readings[0]?.day ?? null,
    lastReadingDay: readings.at(-1)?.day ?? null,
    frequency,
  }
}

export const toReadings = (said: ReadingsRow | undefined): Reading[] =>
  (said?.days ?? []).map((on, at) => ({
    day: on,
    value: said?.values?.[at] ?? null,
    zone: said?.zones?.[at] ?? null,
    count: said?.counts?.[at] ?? 1,
  }))

/** The zone an ordinal key result is in, by its newest reading. */
export const lastZone = (said: ReadingsRow | undefined): string | null => said?.zones?.at(-1) ?? null

const followers = `$3::uuid[] || array(select k.id from key_results k
  where k.tenant_id = $1 and k.objective_id = ${inLine} and k.deleted_at is null and k.source <> 'checkins')`

const day = (instant: string): string => `(${instant} at time zone $5::text)::date`
const live = 'c.tenant_id = $1 and c.key_result_id = k.id and c.superseded_at is null and not c.voided'
// As the index `check_ins_live` has it, nulls and all, or each newest row would cost a sort of all of them.
const order = 'c.effective_at desc nulls last, c.recorded_at desc nulls last, c.id desc nulls last'
const newestLast = 'order by c.day, c.newest'
const oldestFirst = 'order by c.effective_at nulls first, c.recorded_at nulls first, c.id nulls first'

const reading = `${live} and num_nonnulls(c.value, c.zone, c.step_id) = 1 and c.effective_at < k.ends_at`

/** Of the newest check-in where a condition holds: mostly it is the last one, and nothing is looked up again. */
const newest = (isLast: string, members: string, condition: string): string => {
  const of = (table: string) => members.replaceAll(/\w+/g, `${table}.$&`)
  return `select ${of('last')} where ${isLast}
    union all (select ${of('c')} from check_ins c where (${isLast}) is not true and ${condition} order by ${order} limit 1)`
}

/**
 * The readings of the seeds, and of everything above them that follows other goals: people speak about these too. As far
 * as scoring needs them: all where periods are counted or a zone may be gone, so that the reading before it counts; else
 * the newest, and the days of the last half of the elapsed time with their means, for machines may report by the minute.
 */
export const readingsText = `
  select k.id, coalesce(r.days, d.days) as days, coalesce(r.values, d.values) as values, r.zones, d.counts,
    oldest.day as "firstReadingDay", ${day('newest.effective_at')} as "lastReadingDay", last.id as "lastCheckInId",
    p.reported_health as "reportedHealth", ${day('p.effective_at')} as "reportedOn", f.confidence, s.steps
  from (
    select k.id, k.kind, k.kind = 'ordinal' or coalesce(k.mode in ('adherence', 'accrual'), false) as singly,
      ((span.last_day + 1)::timestamp at time zone $5::text) as ends_at,
      ((span.first_day + (least(greatest(least($6::date, k.settled_on), span.first_day), span.last_day) - span.first_day) / 2)::timestamp
        at time zone $5::text) as half
    from key_results k
    join lateral (select * from objectives where tenant_id = $1 and id = k.objective_id limit 1) o on true
    join cycles y on y.tenant_id = $1 and y.id = o.cycle_id
    cross join lateral (select coalesce(k.starts_on, o.starts_on, y.starts_on) as first_day, coalesce(k.due_on, o.due_on, y.ends_on) as last_day) span
    where k.tenant_id = $1 and k.id = any(${followers})
    offset 0 -- or its instants would be worked out anew for each check-in
  ) k
  left join lateral (
    select c.*, num_nonnulls(c.value, c.zone, c.step_id) = 1 and c.effective_at < k.ends_at as reads from check_ins c
    where ${live} order by ${order} limit 1
  ) last on true
  left join lateral (${newest('last.reads', 'id, effective_at', reading)}) newest on true
  left join lateral (
    select ${day('c.effective_at')} as day from check_ins c where ${reading} order by c.effective_at nulls first limit 1
  ) oldest on true
  left join lateral (
    select array_agg(c.day ${oldestFirst}) as days, array_agg(c.value ${oldestFirst}) as values, array_agg(c.zone ${oldestFirst}) as zones
    from (select c.*, ${day('c.effective_at')} as day from check_ins c where k.singly and ${reading} and c.step_id is null) c
  ) r on true
  left join lateral (
    select array_agg(c.day ${newestLast}) as days, array_agg(c.mean ${newestLast}) as values, array_agg(c.count ${newestLast}) as counts
    from (
      select c.day, c.newest, avg(c.value) as mean, count(*) as count from (
        select c.value, c.id = newest.id as newest, ${day('c.effective_at')} as day from check_ins c
        where not k.singly and ${live} and c.value is not null and c.effective_at < k.ends_at and c.effective_at >= least(k.half, newest.effective_at)
      ) c group by c.day, c.newest
    ) c
  ) d on true
  left join lateral (${newest('last.by_person', 'reported_health, effective_at', `${live} and c.by_person`)}) p on true
  left join lateral (
    ${newest('last.by_person and last.confidence is not null', 'confidence', `${live} and c.by_person and c.confidence is not null`)}
  ) f on true
  left join lateral (
    select json_object_agg(c.step_id, c.step_done) as steps from (
      select distinct on (c.step_id) c.step_id, c.step_done from check_ins c
      where k.kind = 'milestone' and ${reading} and c.step_id is not null
      order by c.step_id, ${order}
    ) c
  ) s on true`
