import type { Context } from '../../api/operation.ts'
import { Problem } from '../../api/problem.ts'
import { query } from '../../db/statement.ts'
import type { Period } from '../../scoring/index.ts'
import { anomalies } from '../kpi-outlook/anomalies.ts'
import { historiesOf, type KpiHistory } from '../kpi-outlook/kpi-history.ts'

type Evidence = { period: string; value: number; expected: number; lower: number; upper: number }

/** Of these KPIs those whose newest complete period is an anomaly, with what was to be expected. */
export const newestAnomalies = async (ctx: Context, kpiIds: readonly string[]): Promise<Map<string, Evidence>> => {
  const found = new Map<string, Evidence>()
  if (kpiIds.length === 0) return found
  const rows = await query<{ id: string; frequency: Period }>(
    ctx.db,
    'kpi_frequencies',
    `select id, frequency from kpis where tenant_id = $1 and id = any($2) and frequency <> 'irregular'`,
    [ctx.actor.tenantId, [...new Set(kpiIds)]],
  )
  for (const [grain, group] of Map.groupBy(rows, ({ frequency }) => frequency)) {
    const histories = await historiesOf(
      ctx,
      group.map(({ id }) => id),
      grain,
    )
    for (const [id, history] of histories) {
      const evidence = newest(history)
      if (evidence) found.set(id, evidence)
    }
  }
  return found
}

const newest = ({ grain, periods, values }: KpiHistory): Evidence | undefined => {
  const last = values.findLastIndex((value) => value !== null)
  try {
    const item = anomalies(values, grain).items.find(({ at }) => at === last)
    const { value, expected, lower, upper } = item ?? {}
    if (value === undefined || expected === undefined || lower === undefined || upper === undefined) return undefined
    return { period: periods[last]?.label ?? '', value, expected, lower, upper }
  } catch (error) {
    // Too little history to call anything unusual.
    if (error instanceof Problem && error.code === 'not_enough_history') return undefined
    throw error
  }
}
