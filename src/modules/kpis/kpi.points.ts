import type { Context } from '../../api/operation.ts'
import { query } from '../../db/statement.ts'
import type { CalendarPeriod } from '../../scoring/index.ts'
import { loadAddedPoints } from './kpi.points.added.ts'
import { type Cell, current, type Group, known, type PointsAsked } from './kpi.points.asked.ts'
import { loadSolePoints } from './kpi.points.sole.ts'
import type { ValuesAsked } from './kpi.values.asked.ts'

/** The points of measured KPIs, added up into periods and groups: a statement or two, however many KPIs and series. */
export const loadPoints = async (ctx: Context, asked: PointsAsked): Promise<Group[]> => {
  const { kpiIds, starts, filter, groupBy, own: isOwn } = asked
  if (kpiIds.length === 0 || starts.length === 0) return []
  const isWhole = !isOwn && groupBy.length === 0 && Object.keys(filter).length === 0
  const sole = isWhole ? await loadSolePoints(ctx, asked) : new Map<string, Cell[]>()
  const others = kpiIds.filter((id) => !sole.has(id))
  const added = others.length > 0 ? await loadAddedPoints(ctx, { ...asked, kpiIds: others }) : []
  const whole = [...sole].filter(([, cells]) => cells.length > 0)
  return [...added, ...whole.map(([kpiId, cells]): Group => ({ kpiId, dimensions: {}, cells }))]
}

const periodsText = (when: string): string => `
  select grain, start, "end", label from (
    select distinct m.grain, m.period_start as start, m.period_end as "end", m.period as label
    from kpi_series s join measurements m on m.tenant_id = $1 and m.series_id = s.id
    where s.tenant_id = $1 and s.kpi_id = $2 and m.period_start between $3 and $4 and ${when}
    order by m.period_end desc, m.period_start desc limit $5
  ) newest order by "end", start`

const texts = { kpi_own_periods: periodsText(current), kpi_own_periods_known: periodsText(known('$6')) } as const

/** The periods an irregular KPI was measured in, as far as known then, the newest `most` of them, ascending by their last day. */
export const loadOwnPeriods = (
  { db, actor }: Context,
  kpiId: string,
  { from, to, knownAt }: Pick<ValuesAsked, 'from' | 'to' | 'knownAt'>,
  most: number,
): Promise<CalendarPeriod[]> => {
  const name = knownAt ? 'kpi_own_periods_known' : 'kpi_own_periods'
  const values = [actor.tenantId, kpiId, from, to, most]
  return query<CalendarPeriod>(db, name, texts[name], knownAt ? [...values, knownAt] : values)
}
