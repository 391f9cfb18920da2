import type { Context } from '../../api/operation.ts'
import { judgePeriod, type KpiStatus, periodAfter } from '../../scoring/index.ts'
import { type Forecast, forecast } from './forecast.ts'
import { type Kpi, type KpiHistory, targetsOf } from './kpi-history.ts'

export type ForecastPoint = Forecast['points'][number] & {
  period: string
  start: string
  end: string
  target: number | null
  status: KpiStatus
}

/**
 * Where a KPI goes, period by period behind its last measured one, judged by the targets in force then. A target of a sum
 * is for its own frequency and says nothing of other periods. Throws 422 `not_enough_history`.
 */
export const forecastOf = async (
  ctx: Context,
  { id, direction, aggregation, frequency }: Kpi,
  { values, periods, calendar, grain }: KpiHistory,
  horizon: number,
  level: number,
): Promise<Omit<Forecast, 'points'> & { points: ForecastPoint[] }> => {
  const { points, ...how } = forecast(values, grain, horizon, level)
  const targets = aggregation === 'sum' && grain !== frequency ? [] : await targetsOf(ctx, id)
  const last = periods[values.findLastIndex((value) => value !== null)] as KpiHistory['periods'][number]
  return {
    ...how,
    points: points.map((point, at) => {
      const { start, end, label } = periodAfter(last, at + 1, calendar)
      const { status, thresholds } = judgePeriod({ direction, targets }, point.value, end)
      return { period: label, start, end, ...point, target: thresholds?.target ?? null, status }
    }),
  }
}
