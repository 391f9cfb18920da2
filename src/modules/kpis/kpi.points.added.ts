import type { Context } from '../../api/operation.ts'
import { query } from '../../db/statement.ts'
import { current, dayOfRecording, type Group, known, type PointsAsked } from './kpi.points.asked.ts'

/** The day by which a point belongs to a period: the fourth of its week (`heldOn` of the scoring core), else its first. */
const heldOn = `case m.grain when 'week' then m.period_start + 3
  when 'day' then coalesce(m.period_start - (m.period_start - $10::date) % 7 + 3, m.period_start) else m.period_start end`

const inOrder = {
  place: `width_bucket(${heldOn}, $4::date[])`,
  join: '',
  // A point longer than the period it belongs to says nothing of it. A week of before the first still has its days.
  fits: `held_on <= ($5::date[])[cardinality($5::date[])] and case grain
    when 'week' then ($5::date[])[greatest(place, 1)] >= ($4::date[])[greatest(place, 1)] + 6 when 'day' then true
    else period_end <= ($5::date[])[place] end`,
  // What began before the month its week belongs to, where the month, or what is longer, was measured as a whole.
  isInMonth: (when: string) => `period_start < date_trunc('month', held_on) and exists (select from measurements m
    where m.tenant_id = $1 and m.series_id = s.id and m.period_start between $11::date and $12::date
      and m.period_start = date_trunc('month', held_on)::date and m.period_end <= ($5::date[])[place]
      and m.grain <> all('{day,week}') and ${when})`,
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
 * counts where it was measured, else the members of its coarsest breakdown: never two breakdowns of the same thing.
 *
 * What a series is of is worked out once for each; its points are then read and added up by themselves (`lateral`), so that
 * no plan, whatever Postgres knows of the tables, sorts the points of all of them or goes through them but by their index.
 */
const pointsText = ({ place, join, fits, isInMonth }: typeof own, when: string): string => `
  with series as materialized (
    select s.id, s.kpi_id, coalesce($8, i.aggregation) as aggregation, i.rollup, rest.count, rest.names, of.members,
      dense_rank() over (order by s.kpi_id, of.members) as group_no, dense_rank() over (order by rest.count, rest.names) as breakdown
    from kpi_series s join kpis i on i.tenant_id = $1 and i.id = s.kpi_id
    cross join lateral (
      select coalesce(jsonb_object_agg(name, s.dimensions -> name), '{}') as members from unnest($7::text[]) name
    ) of
    cross join lateral (
      select coalesce(string_agg(name, ',' order by name), '') as names, count(*) as count
      from jsonb_object_keys(s.dimensions) name where name <> all($7::text[]) and not $6::jsonb ? name
    ) rest
    where s.tenant_id = $1 and s.kpi_id = any($2) and s.dimensions @> $6::jsonb and s.dimensions ?& $7::text[]
  ), added as (
    select s.group_no, s.breakdown, s.rollup, s.count, a.*
    from series s cross join lateral (
      select place,
        case s.aggregation when 'sum' then sum(value) when 'average' then avg(value) when 'min' then min(value)
          when 'max' then max(value) when 'last' then (array_agg(value order by period_start desc))[1] end as value,
        sum(numerator) as numerator, sum(denominator) as denominator, count(*) as points, max(day) as day,
        case when $9::date[] is null then 1 else count(distinct width_bucket(held_on, $9::date[])) end as parts
      from (
        select m.*, least(period_end, ($5::date[])[place], greatest(period_start, ($4::date[])[place], recorded_on)) as day,
          max(period_end) filter (where grain <> 'day') over (partition by ${join ? 'place' : 'true'} order by period_start, period_end desc
            rows between unbounded preceding and 1 preceding) as covered
        from (
          select ${place} as place, ${heldOn} as held_on, m.grain, m.value, m.numerator, m.denominator, m.period_start, m.period_end,
            ${dayOfRecording} as recorded_on
          from measurements m ${join}
          where m.tenant_id = $1 and m.series_id = s.id and m.period_start between $11::date and $12::date and ${when}
        ) m where ${fits}
      ) p where place > 0 and (covered is null or covered < case when grain in ('day', 'week') then held_on else period_end end)
        and not (${isInMonth(when)}) group by place
    ) a
  ), rolled as (
    select group_no, place, breakdown,
      case when min(count) = 0 then max(value) else case min(rollup) when 'sum' then sum(value) when 'average' then avg(value)
        when 'min' then min(value) when 'max' then max(value) end end as value,
      sum(numerator) as numerator, sum(denominator) as denominator, sum(points) as points, max(day) as day, min(parts) as parts,
      min(count) = 0 or min(rollup) is not null as has_total
    from added group by group_no, place, breakdown
  ), coarsest as (
    select distinct on (group_no, place) * from rolled order by group_no, place, breakdown
  )
  select g.kpi_id as "kpiId", g.members as dimensions, c.cells
  from (
    select group_no, json_agg(json_build_array(place, value, numerator, denominator, points, day, parts) order by place) as cells
    from coarsest where has_total group by group_no
  ) c
  join (select distinct on (group_no) group_no, kpi_id, members from series order by group_no) g on g.group_no = c.group_no
  order by g.members::text`

const texts = {
  kpi_points: pointsText(inOrder, current),
  kpi_points_known: pointsText(inOrder, known('$13')),
  kpi_points_own: pointsText(own, current),
  kpi_points_own_known: pointsText(own, known('$13')),
} as const

/** Days as Postgres writes a list of them: thousands of them are a text sooner than the driver escapes each. */
const listOf = (days: readonly string[]): string => `{${days.join()}}`

/** Points added up by one statement, however many KPIs and series. */
export const loadAddedPoints = (ctx: Context, asked: PointsAsked): Promise<Group[]> => {
  const { kpiIds, starts, ends, filter, groupBy, knownAt, aggregation, parts, week, between } = asked
  const name = `kpi_points${asked.own ? '_own' : ''}${knownAt ? '_known' : ''}` as const
  const { timeZone } = ctx.organization
  const where = [ctx.actor.tenantId, kpiIds, timeZone, listOf(starts), listOf(ends), JSON.stringify(filter), groupBy]
  const values = [...where, aggregation, parts && listOf(parts), week, ...between, ...(knownAt ? [knownAt] : [])]
  return query<Group>(ctx.db, name, texts[name], values)
}
