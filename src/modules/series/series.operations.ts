import { operation } from '../../api/operation.ts'
import { anyone } from '../../auth/rules.ts'
import { buildSeries } from './series.build.ts'
import { findSubject } from './series.queries.ts'
import { kpiSeriesSchema, seriesInput } from './series.schema.ts'

/** `GET /kpis/:id/series`: values over time, added up, compared and judged. */
export const kpiSeriesOperation = operation({
  name: 'kpiSeries',
  tag: 'Kpi',
  summary: 'Get the values of a KPI over time',
  rest: 'GET /kpis/:id/series',
  scope: 'kpi:read',
  input: seriesInput,
  output: kpiSeriesSchema,
  find: (ctx, { id, of }) => findSubject(ctx, id, of === 'children'),
  allow: anyone,
  run: (ctx, input, subject) => buildSeries(ctx, subject, input),
})
