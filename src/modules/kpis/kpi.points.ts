import type { Context } from '../../api/operation.ts'
import { query } from '../../db/statement.ts'
import type { CalendarPeriod, KpiAggregation } from '../../scoring/index.ts'
import type { Dimensions } from '../measurements/measurement.table.ts'

/** Points added up into periods, which are given by their first and last days, ascending. */
export type PointsAsked = {
  kpiIds: readonly string[]
  starts: readonly string[]
  ends: readonly string[]
  /** Only series that carry all of these. */
  filter: Dimensions
  /** A group for each set of values of these. */
  groupBy: readonly string[]
  /** What was known at an instant; null is now. */
  knownAt: string | null
  /** Whether periods are those of the points themselves, and may overlap, instead of following one another. */
  own: boolean
  /** How points are added up, where it is not as the KPI says. */
  aggregation: KpiAggregation | null
  /** First days of the periods of the KPI's frequency, where the periods asked for are longer. */
  parts: readonly string[] | null
  /** The first day of any week, where weeks count as a whole: a day then belongs where its week does (decision 38). */
  week: string | null
  /** Points that begin from the one day to the other are looked at. */
  between: readonly [string, string]
}

/** `[place of the period, value, Σ numerator, Σ denominator, points, last day it was true on, parts that have points]` */
export type Cell = [
  at: number,
  value: number | null,
  numerator: number | null,
  denominator: number | null,
  points: number,
  day: string,
  parts: number,
]
export type Group = { kpiId: string; dimensions: Dimensions; cells: Cell[] }

const current = 'm.superseded_at is null and m.deleted_at is null'
const known = `m.created_at <= $13::timestamptz and (m.superseded_at is null or m.superseded_at > $13::timestamptz)
  and (m.deleted_at is null or m.deleted_at > $13::timestamptz)`

/** The day by which a point belongs to a period: the fourth of its week (`heldOn` of the scoring core), else its first. */
const heldOn = `case m.grain when 'week' then m.period_start + 3
  when 'day' then coalesce(m.period_start - (m.period_start - $10::date) % 7 + 3, m.period_start) else m.period_start end`

const inOrder = {
  place: `width_bucket(${heldOn}, $4::date[])`,
  join: '',
  // A point longer than the period it belongs to says nothing of it.
  fits: `held_on between ($4::date[])[1] and ($5::date[])[cardinality($5::date[])] and case grain
    when 'week' then ($5::date[])[place] >= ($4::date[])[place] + 6 when 'day' then true else period_end <= ($5::date[])[place] end`,
  // A week that began before the month it belongs to, where the month, or what is longer, was measured as a whole.
  isInMonth: (when: string) => `grain = 'week' and extract(day from held_on) <= 3
    and (id, date_trunc('month', held_on)::date) in (
      select s.id, m.period_start from series s cross join lateral (
        select m.period_start from measurements m where m.tenant_id = $1 and m.series_id = s.id
          and m.period_start between $11::date and $12::date and m.grain <> all('{day,week}') and ${when}
        order by m.period_start, m.period_end desc
      ) m)`,
}
const own = {
  place: 'p.place',
  join: 'join unnest($4::date[], $5::date[]) with ordinality as p (first_day, last_day, place) on p.first_day = m.period_start and p.last_day = m.period_end',
  fits: 'true',
  isInMonth: (_when: string) => 'false',
}

/**
 * Periods are found by halving in the list of their first days, so that the calendar stays one thing of the scoring core.
 * A point that lies within a longer one of its series is left out: the longer one says it all. Of a group the whole
 * counts where it was measured, else the members of its coarsest breakdown: never two breakdowns of the same thing. The
 * order of points keeps Postgres to looking them up series by series, by the index that has it: without statistics it
 * compares every point with every series.
 */
const pointsText = ({ place, join, fits, isInMonth }: typeof own, when: string): string => `
  with series as (
    select s.id, s.kpi_id, coalesce($8, i.aggregation) as aggregation, i.rollup, rest.names, rest.count,
      coalesce((select jsonb_object_agg(name, s.dimensions -> name) from unnest($7::text[]) name), '{}') as members
    from kpi_series s join kpis i on i.tenant_id = $1 and i.id = s.kpi_id
    cross join lateral (
      select coalesce(string_agg(name, ',' order by name), '') as names, count(*) as count
      from jsonb_object_keys(s.dimensions) name where name <> all($7::text[]) and not $6::jsonb ? name
    ) rest
    where s.tenant_id = $1 and s.kpi_id = any($2) and s.dimensions @> $6::jsonb and s.dimensions ?& $7::text[]
  ), points as (
    select s.*, ${place} as place, ${heldOn} as held_on, m.grain, m.value, m.numerator, m.denominator, m.period_start, m.period_end,
      (m.created_at at time zone $3)::date as recorded_on
    from series s cross join lateral (
      select m.grain, m.value, m.numerator, m.denominator, m.period_start, m.period_end, m.created_at from measurements m
      where m.tenant_id = $1 and m.series_id = s.id and m.period_start between $11::date and $12::date and ${when}
      order by m.period_start, m.period_end desc
    ) m ${join}
  ), whole as (
    select *, least(period_end, ($5::date[])[place], greatest(period_start, ($4::date[])[place], recorded_on)) as day from (
      select points.*, max(period_end) over (partition by id, ${join ? 'place' : 'true'} order by period_start, period_end desc
        rows between unbounded preceding and 1 preceding) as covered
      from points where ${fits}
    ) p where (covered is null or covered < case grain when 'week' then held_on else period_end end)
      and not (${isInMonth(when)})
  ), added as (
    select kpi_id, members, place, rollup, names, count,
      case aggregation when 'sum' then sum(value) when 'average' then avg(value) when 'min' then min(value)
        when 'max' then max(value) when 'last' then (array_agg(value order by period_start desc))[1] end as value,
      sum(numerator) as numerator, sum(denominator) as denominator, count(*) as points, max(day) as day,
      case when $9::date[] is null then 1 else count(distinct width_bucket(held_on, $9::date[])) end as parts
    from whole group by id, kpi_id, members, place, aggregation, rollup, names, count
  ), ranked as (
    select *, dense_rank() over (partition by kpi_id, members, place order by count, names) as breakdown from added
  ), rolled as (
    select kpi_id, members, place,
      case when min(count) = 0 then max(value) else case min(rollup) when 'sum' then sum(value) when 'average' then avg(value)
        when 'min' then min(value) when 'max' then max(value) end end as value,
      sum(numerator) as numerator, sum(denominator) as denominator, sum(points) as points, max(day) as day, min(parts) as parts
    from ranked where breakdown = 1 and (count = 0 or rollup is not null) group by kpi_id, members, place
  )
  select kpi_id as "kpiId", members as dimensions,
    json_agg(json_build_array(place, value, numerator, denominator, points, day, parts) order by place) as cells
  from rolled group by kpi_id, members order by members::text`

const texts = {
  kpi_points: pointsText(inOrder, current),
  kpi_points_known: pointsText(inOrder, known),
  kpi_points_own: pointsText(own, current),
  kpi_points_own_known: pointsText(own, known),
} as const

/** Days as Postgres writes a list of them: thousands of them are a text sooner than the driver escapes each. */
const listOf = (days: readonly string[]): string => `{${days.join()}}`

/** The points of measured KPIs, added up into periods and groups: one statement, however many KPIs and series. */
export const loadPoints = async (ctx: Context, asked: PointsAsked): Promise<Group[]> => {
  const { kpiIds, starts, ends, filter, groupBy, knownAt, aggregation, parts, week, between } = asked
  if (kpiIds.length === 0 || starts.length === 0) return []
  const name = `kpi_points${asked.own ? '_own' : ''}${knownAt ? '_known' : ''}` as const
  const { timeZone } = ctx.organization
  const where = [ctx.actor.tenantId, kpiIds, timeZone, listOf(starts), listOf(ends), JSON.stringify(filter), groupBy]
  const values = [...where, aggregation, parts && listOf(parts), week, ...between, ...(knownAt ? [knownAt] : [])]
  return query<Group>(ctx.db, name, texts[name], values)
}

const periodsText = `
  select grain, start, "end", label from (
    select distinct m.grain, m.period_start as start, m.period_end as "end", m.period as label
    from kpi_series s join measurements m on m.tenant_id = $1 and m.series_id = s.id
    where s.tenant_id = $1 and s.kpi_id = $2 and m.period_start between $3 and $4 and ${current}
    order by m.period_end desc, m.period_start desc limit $5
  ) newest order by "end", start`

/** The periods an irregular KPI was measured in, the newest `most` of them, ascending by their last day. */
export const loadOwnPeriods = (
  { db, actor }: Context,
  kpiId: string,
  from: string,
  to: string,
  most: number,
): Promise<CalendarPeriod[]> =>
  query<CalendarPeriod>(db, 'kpi_own_periods', periodsText, [actor.tenantId, kpiId, from, to, most])
