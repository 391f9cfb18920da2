import { z } from 'zod'
import { day, id } from '../../api/fields.ts'
import { kpiStatusField } from '../kpis/kpi.fields.ts'
import { grain } from '../measurements/measurement.resource.ts'

const period = {
  period: z.string().meta({ description: 'As it reads: 2026-02, 2026-W07, 2026-Q1.' }),
  start: day,
  end: day,
}
const seasonLength = z.int().nullable().meta({ description: 'Periods until it repeats itself; null: no season shows.' })
const periods = z.int().meta({ description: 'Of the history it rests on.' })

export const kpiForecast = z
  .strictObject({
    kpiId: id,
    grain,
    method: z.enum(['auto_ets', 'mstl_auto_ets']).meta({
      id: 'ForecastMethod',
      description:
        'Exponential smoothing with the form that fits best (AutoETS), after the season was taken apart (MSTL) where there is one.',
    }),
    seasonLength,
    periods,
    level: z.number().meta({ description: 'The probability that the value lies between lower and upper.' }),
    points: z.array(
      z
        .strictObject({
          ...period,
          value: z.number(),
          lower: z.number(),
          upper: z.number(),
          target: z.number().nullable(),
          status: kpiStatusField.meta({ description: 'What the value would be judged as.' }),
        })
        .meta({ id: 'ForecastPoint' }),
    ),
  })
  .meta({ id: 'KpiForecast', description: 'Where a KPI goes if it goes on as it did.' })

export const kpiAnomalies = z
  .strictObject({
    kpiId: id,
    grain,
    method: z.enum(['local_theil_sen_mad', 'seasonal_local_theil_sen_mad']).meta({
      id: 'AnomalyMethod',
      description:
        'Compared with the robust line through its neighbours (Theil–Sen), after the season where there is one, in median absolute deviations.',
    }),
    seasonLength,
    periods,
    threshold: z.number().meta({ description: 'Beyond this score, either way, a value is unusual.' }),
    items: z.array(
      z
        .strictObject({
          ...period,
          value: z.number(),
          expected: z.number(),
          lower: z.number(),
          upper: z.number(),
          score: z.number().meta({ description: 'Robust standard deviations from what was to be expected.' }),
        })
        .meta({ id: 'Anomaly' }),
    ),
  })
  .meta({ id: 'KpiAnomalies', description: 'Values that do not fit those around them.' })

export const kpiDrivers = z
  .strictObject({
    kpiId: id,
    grain,
    lag: z.int(),
    items: z.array(
      z
        .strictObject({
          kpiId: id,
          code: z.string(),
          name: z.string(),
          correlation: z.number().nullable().meta({ description: "Pearson's, -1..1. It is no cause." }),
          reason: z
            .enum(['not_enough_history', 'constant'])
            .nullable()
            .meta({ id: 'CorrelationReason', description: 'Why there is no correlation.' }),
          pairs: z.int().meta({ description: 'Periods in which both have a value.' }),
        })
        .meta({ id: 'KpiDriver' }),
    ),
  })
  .meta({ id: 'KpiDrivers', description: 'The KPIs believed to move it, and how far they move together.' })
