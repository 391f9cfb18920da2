import { z } from 'zod'
import { id } from '../../api/fields.ts'
import { findMany } from '../../api/find-many.ts'
import { type Context, operation } from '../../api/operation.ts'
import { findOne } from '../../api/reads.ts'
import { anyone } from '../../auth/rules.ts'
import { kpi } from '../kpis/kpi.resource.ts'
import type { kpis } from '../kpis/kpi.table.ts'
import { grain } from '../measurements/measurement.resource.ts'
import { anomalies, anomalyThreshold } from './anomalies.ts'
import { correlate } from './correlation.ts'
import { forecastOf } from './forecast.judged.ts'
import { grainFor, historiesOf, historyOf, type KpiHistory } from './kpi-history.ts'
import { kpiAnomalies, kpiDrivers, kpiForecast } from './kpi-outlook.schema.ts'

const own = { id, grain: grain.optional().meta({ description: "The KPI's frequency unless said." }) }
const common = {
  tag: 'Kpi',
  scope: 'kpi:read',
  find: (ctx: Context, input: { id: string }) => findOne(ctx, kpi, input.id) as Promise<Row | undefined>,
  allow: anyone,
} as const
type Row = typeof kpis.$inferSelect

export const kpiOutlookOperations = [
  operation({
    ...common,
    name: 'kpiForecast',
    summary: 'Look ahead: where a KPI goes, with an interval',
    rest: 'GET /kpis/:id/forecast',
    input: z.strictObject({
      ...own,
      horizon: z.int().min(1).max(60).default(6).meta({ description: 'Periods ahead.' }),
      level: z.number().min(0.5).max(0.99).default(0.8).meta({ description: 'Of the interval.' }),
    }),
    output: kpiForecast,
    run: async (ctx, { id: kpiId, grain: asked, horizon, level }, row) => {
      const history = await historyOf(ctx, row, asked)
      return { kpiId, grain: history.grain, level, ...(await forecastOf(ctx, row, history, horizon, level)) }
    },
  }),
  operation({
    ...common,
    name: 'kpiAnomalies',
    summary: 'List values of a KPI that do not fit those around them',
    rest: 'GET /kpis/:id/anomalies',
    input: z.strictObject(own),
    output: kpiAnomalies,
    run: async (ctx, { id: kpiId, grain: asked }, row) => {
      const { periods, values, grain: length } = await historyOf(ctx, row, asked)
      const { items, ...how } = anomalies(values, length)
      return {
        kpiId,
        grain: length,
        ...how,
        threshold: anomalyThreshold,
        items: items.map(({ at, ...item }) => {
          const { start, end, label } = periods[at] as KpiHistory['periods'][number]
          return { period: label, start, end, ...item }
        }),
      }
    },
  }),
  operation({
    ...common,
    name: 'kpiDrivers',
    summary: 'List the KPIs believed to move one, and how far they move together',
    rest: 'GET /kpis/:id/drivers',
    input: z.strictObject({
      ...own,
      lag: z.int().min(0).max(24).default(0).meta({ description: 'Periods the drivers are ahead.' }),
    }),
    output: kpiDrivers,
    run: async (ctx, { id: kpiId, grain: asked, lag }, row) => {
      const length = grainFor(row, asked)
      const drivers = (await findMany(ctx, kpi, row.driverIds)).filter(({ deletedAt }) => deletedAt === null)
      const histories = await historiesOf(ctx, [kpiId, ...drivers.map((driver) => driver['id'] as string)], length)
      const values = histories.get(kpiId)?.values ?? []
      return {
        kpiId,
        grain: length,
        lag,
        items: drivers.map((driver) => ({
          kpiId: driver['id'] as string,
          code: driver['code'] as string,
          name: driver['name'] as string,
          ...correlate(values, histories.get(driver['id'] as string)?.values ?? [], lag),
        })),
      }
    },
  }),
]
