import type { Context } from '../../api/operation.ts'
import { query } from '../../db/statement.ts'
import {
  type KpiPoint,
  type KpiScore,
  type KpiTargetFrom,
  periodAfter,
  periodOf,
  periodsOfTrend,
  scoreKpi,
} from '../../scoring/index.ts'
import { type Definitions, grainOf, leavesOf, reachOf } from './kpi.definitions.ts'
import type { kpis } from './kpi.table.ts'
import { kpiValues, type Values } from './kpi.values.ts'

type Kpi = typeof kpis.$inferSelect

/** A KPI with what it is judged by, and how it was judged last. */
export type Judged = Pick<Kpi, 'id' | 'direction' | 'aggregation' | 'frequency' | 'judged'> & {
  targets: KpiTargetFrom[]
}

/** Periods looked at: enough for a trend, and for the newest to be found again when one was taken back. */
const periodsRead = 24
/** Where an irregular KPI's periods are looked for. */
const firstDay = '0001-01-01'

/** The scores of KPIs as of today, from the newest of their periods. */
export const scoresOf = async (
  ctx: Context,
  definitions: Definitions,
  rows: readonly Judged[],
  touched: ReadonlyMap<string, string> = new Map(),
): Promise<Map<string, KpiScore>> => {
  const { calendar } = definitions
  /** Formulas may look back, so that an old value moves a newer one: they are worked out up to today. */
  const newest = ({ id, judged }: Judged): string => {
    const written = definitions.byId.get(id)?.formula === null ? touched.get(id) : undefined
    if (written === undefined) return ctx.today
    const latest = judged?.latest?.start ?? written
    return [ctx.today, written > latest ? written : latest].toSorted()[0] as string
  }
  /** The newest periods of KPIs up to a day of each; KPIs of the same periods are read with one statement. */
  const read = async (ends: readonly (readonly [Judged, string])[]): Promise<[Judged, KpiPoint[]][]> => {
    const alike = Map.groupBy(ends, ([row, to]) => `${row.frequency} ${to}`)
    const found = await Promise.all(
      [...alike.values()].map(async (some) => {
        const [[{ frequency }, to]] = some as [[Judged, string]]
        const grain = grainOf({ frequency })
        const end = grain && periodOf(to, grain, calendar)
        const from = end ? periodAfter(end, -periodsRead, calendar).start : firstDay
        const ids = some.map(([{ id }]) => id)
        const values = await kpiValues(ctx, definitions, ids, { from, to: grain ? to : ctx.today })
        return some.map(([row]) => {
          const of = values.get(row.id)
          const points = of ? pointsOf(of, ctx.today).slice(-periodsRead) : []
          return { row, points, late: end && lateIn(points, end.start) }
        })
      }),
    )
    // Of few values, read from a later day, some may be missing: a KPI is judged alike whatever was written last.
    const all = found.flat()
    const again = all.flatMap(({ row, late }) => (late ? [[row, late] as const] : []))
    const settled = all.flatMap(({ row, points, late }) => (late ? [] : [[row, points] as [Judged, KpiPoint[]]]))
    return again.length > 0 ? [...settled, ...(await read(again))] : settled
  }
  const all = await read(rows.map((row) => [row, newest(row)]))
  const scored = await Promise.all(
    all.map(async ([row, found]) => {
      let points = found
      // The newest periods were taken back: whatever is older is the newest now.
      if (points.length === 0) {
        const last = await lastMeasured(ctx, definitions, row)
        if (last) points = (await read([[row, last]]))[0]?.[1] ?? []
      }
      const input = { ...row, frequency: grainOf(row), points, targets: row.targets }
      return [row.id, scoreKpi(input, ctx.today)] as const
    }),
  )
  return new Map(scored)
}

/** The first day of the newest period, where older values may belong to its trend; the period may be running still. */
const lateIn = (points: readonly KpiPoint[], last: string): string | null => {
  const start = points.at(-1)?.start
  const isShort = points.filter(({ value }) => value !== null).length <= periodsOfTrend
  return isShort && start !== undefined && start < last ? start : null
}

/** The periods of the whole that were measured. */
const pointsOf = ({ periods, groups }: Values, today: string): KpiPoint[] => {
  const whole = groups[0]?.points ?? []
  return periods.flatMap(({ start, end }, at) => {
    const point = whole[at]
    if (!point || start > today || (point.value === null && point.reason === null)) return []
    return [{ start, end, value: point.value, reason: point.reason, day: point.day ?? end }]
  })
}

/** The day of the newest value there may be, read through all series. */
const lastMeasured = async (
  ctx: Context,
  definitions: Definitions,
  { id, frequency }: Judged,
): Promise<string | null> => {
  const definition = definitions.byId.get(id)
  const leaves = definition ? leavesOf(definitions, [definition]).map((leaf) => leaf.id) : []
  const [row] = await query<{ start: string | null }>(
    ctx.db,
    'kpi_last_measured',
    `select max(case m.grain when 'week' then least(m.period_start + 3, $3::date) else m.period_start end) as start from kpi_series s
     join measurements m on m.tenant_id = $1 and m.series_id = s.id and m.superseded_at is null and m.deleted_at is null
     where s.tenant_id = $1 and s.kpi_id = any($2) and m.period_start <= $3`,
    [ctx.actor.tenantId, leaves, ctx.today],
  )
  const start = row?.start
  if (!start || frequency === 'irregular') return start ?? null
  const { calendar } = definitions
  const last = periodAfter(periodOf(start, frequency, calendar), reachOf(definitions, id), calendar)
  return last.start < ctx.today ? last.start : ctx.today
}
