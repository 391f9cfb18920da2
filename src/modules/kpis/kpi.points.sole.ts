import type { Context } from '../../api/operation.ts'
import { query } from '../../db/statement.ts'
import { type Cell, current, dayOfRecording, known, type PointsAsked } from './kpi.points.asked.ts'

/** Points of a KPI's only series as columns, in the order of their days. */
type Columns = {
  kpiId: string
  starts: string[]
  ends: string[]
  /** Days of recording by first days, of points recorded while their period ran. */
  early: Record<string, string> | null
  values: (number | null)[]
  numerators: (number | null)[]
  denominators: (number | null)[]
}

const columnOf = (expression: string, name: string): string =>
  `coalesce(array_to_json(array_agg(${expression})), '[]') as ${name}`

/** Two series are looked for, because it is asked only whether there is another than the whole. */
const soleText = (when: string): string => `
  with sole as materialized (
    select i.id as kpi_id, two.id from unnest($2::uuid[]) as i (id) cross join lateral (
      select (array_agg(s.id))[1] as id from (
        select s.id, s.key from kpi_series s where s.tenant_id = $1 and s.kpi_id = i.id limit 2
      ) s having count(*) = 1 and bool_and(s.key = '{}')
    ) two
  )
  select sole.kpi_id as "kpiId", p.* from sole cross join lateral (
    select ${columnOf('m.period_start', 'starts')}, ${columnOf('m.period_end', 'ends')}, ${columnOf('m.value', 'values')},
      ${columnOf('m.numerator', 'numerators')}, ${columnOf('m.denominator', 'denominators')},
      json_object_agg(m.period_start, greatest(m.period_start, m.day)) filter (where m.day < m.period_end) as early
    from (
      select m.period_start, m.period_end, m.value, m.numerator, m.denominator, ${dayOfRecording} as day from measurements m
      where m.tenant_id = $1 and m.series_id = sole.id and m.period_start between $4::date and $5::date and ${when}
      order by m.period_start, m.period_end desc
    ) m
  ) p`

const texts = { kpi_sole_points: soleText(current), kpi_sole_points_known: soleText(known('$6')) } as const

/**
 * The points of KPIs that are measured as a whole only and once a period, which is most of them: nothing is to be added
 * up, so they come as they are, at a sixth of the time. Any other KPI is left out of the answer.
 */
export const loadSolePoints = async (ctx: Context, asked: PointsAsked): Promise<Map<string, Cell[]>> => {
  const { kpiIds, between, knownAt } = asked
  const name = knownAt ? 'kpi_sole_points_known' : 'kpi_sole_points'
  const values = [ctx.actor.tenantId, kpiIds, ctx.organization.timeZone, ...between]
  const rows = await query<Columns>(ctx.db, name, texts[name], knownAt ? [...values, knownAt] : values)
  return new Map(
    rows.flatMap((row) => {
      const cells = cellsOf(row, asked)
      return cells ? [[row.kpiId, cells] as const] : []
    }),
  )
}

/** Undefined where a period has several points, or a point is of anything but one of the periods. */
const cellsOf = (columns: Columns, { starts, ends }: PointsAsked): Cell[] | undefined => {
  const cells: Cell[] = []
  let place = 0
  let last = 0
  for (const [at, start] of columns.starts.entries()) {
    while (place < starts.length && (starts[place] as string) <= start) place++
    const end = columns.ends[at] as string
    if (place === last || start !== starts[place - 1] || end !== ends[place - 1]) return undefined
    last = place
    const { values, numerators, denominators, early } = columns
    cells.push([
      place,
      values[at] as number | null,
      numerators[at] as number | null,
      denominators[at] as number | null,
      1,
      early?.[start] ?? end,
      1,
    ])
  }
  return cells
}
