import type { Reading, ReportedHealth } from '../../scoring/index.ts'
import type { KpiReadings } from './goal.kpi-readings.ts'

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
  /** Of the KPI it follows. */
  frequency?: KpiReadings['frequency']
}

/** What was said of a key result, with the readings of the KPI it follows in the place of people's. */
export const withKpi = (row: ReadingsRow, followed: KpiReadings | undefined): ReadingsRow => {
  if (!followed) return row
  const { readings, frequency } = followed
  return {
    ...row,
    readings: readings.map(({ day: on, value, zone }) => [on, value, zone]),
    firstReadingDay: readings[0]?.day ?? null,
    lastReadingDay: readings.at(-1)?.day ?? null,
    frequency,
  }
}

export const toReadings = (rows: ReadingsRow['readings']): Reading[] =>
  (rows ?? []).map(([day, value, zone]) => ({ day, value, zone }))

const followers = `$3::uuid[] || array(select k.id from line
  join key_results k on k.tenant_id = $1 and k.objective_id = line.id and k.deleted_at is null and k.source <> 'checkins')`

const day = (instant: string): string => `to_char(${instant} at time zone $5::text, 'YYYY-MM-DD')`
const live = 'c.tenant_id = $1 and c.key_result_id = k.id and c.superseded_at is null and not c.voided'
const order = 'c.effective_at desc, c.recorded_at desc, c.id desc'

const reading = `${live} and num_nonnulls(c.value, c.zone, c.step_id) = 1 and c.effective_at < k.ends_at`

/**
 * The readings of the seeds, and of everything above them that follows other goals: people speak about these too. As far
 * as scoring needs them: the newest, those of the last half of the elapsed time, and all where periods are counted.
 */
export const readingsText = `
  select k.id, r.readings, oldest.day as "firstReadingDay", newest.day as "lastReadingDay", n."lastCheckInId",
    p.reported_health as "reportedHealth", p.day as "reportedOn", f.confidence, s.steps
  from (
    select k.id, k.mode, k.kind, ((span.last_day + 1)::timestamp at time zone $5::text) as ends_at,
      ((span.first_day + (least(greatest($6::date, span.first_day), span.last_day) - span.first_day) / 2)::timestamp
        at time zone $5::text) as half
    from key_results k
    join objectives o on o.tenant_id = $1 and o.id = k.objective_id
    join cycles y on y.tenant_id = $1 and y.id = o.cycle_id
    cross join lateral (select coalesce(k.starts_on, o.starts_on, y.starts_on) as first_day, coalesce(k.due_on, o.due_on, y.ends_on) as last_day) span
    where k.tenant_id = $1 and k.id = any(${followers})
  ) k
  left join lateral (
    select c.effective_at, ${day('c.effective_at')} as day from check_ins c where ${reading} order by ${order} limit 1
  ) newest on true
  left join lateral (
    select ${day('c.effective_at')} as day from check_ins c where ${reading} order by c.effective_at limit 1
  ) oldest on true
  left join lateral (
    select json_agg(json_build_array(${day('c.effective_at')}, c.value, c.zone) order by c.effective_at, c.recorded_at, c.id) as readings
    from check_ins c
    where ${reading} and c.step_id is null
      and c.effective_at >= case when k.mode in ('adherence', 'accrual') then '-infinity' else least(k.half, newest.effective_at) end
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
      where k.kind = 'milestone' and ${reading} and c.step_id is not null
      order by c.step_id, ${order}
    ) c
  ) s on true`
