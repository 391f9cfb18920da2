import { z } from 'zod'
import { day, id } from '../../api/fields.ts'
import { findMany } from '../../api/find-many.ts'
import { type Context, operation } from '../../api/operation.ts'
import { Problem } from '../../api/problem.ts'
import { findOne } from '../../api/reads.ts'
import { present } from '../../api/select.ts'
import { anyone } from '../../auth/rules.ts'
import { type ForecastPoint, forecastOf } from '../kpi-outlook/forecast.judged.ts'
import { historyOf } from '../kpi-outlook/kpi-history.ts'
import { kpi } from '../kpis/kpi.resource.ts'
import type { kpis } from '../kpis/kpi.table.ts'
import { grain } from '../measurements/measurement.resource.ts'
import { objective } from '../objectives/objective.resource.ts'
import { scorecard } from '../scorecards/scorecard.resource.ts'
import { buildSeries } from '../series/series.build.ts'
import { findSubject } from '../series/series.queries.ts'
import { seriesInput } from '../series/series.schema.ts'
import { treeOf } from '../tree/tree.build.ts'
import { kpiPicture } from './chart.kpi.ts'
import { scorecardPicture } from './chart.scorecard.ts'
import { chartTheme } from './chart.theme.ts'
import { treePicture } from './chart.tree.ts'

const picture = {
  surfaces: ['rest'],
  picture: 'image/svg+xml',
  output: z.string().meta({ description: 'SVG with a fixed view box, its own ground and no script.' }),
  allow: anyone,
} as const

type Kpi = typeof kpis.$inferSelect

/** More points than the picture is wide cannot be told apart. */
const mostPoints = 400

/** The look ahead where there is history enough for one; a picture without it is still a picture. */
const aheadOf = async (ctx: Context, row: Kpi, asked: Parameters<typeof historyOf>[2], horizon: number) => {
  if (horizon === 0 || (row.frequency === 'irregular' && asked === undefined)) return []
  try {
    return (await forecastOf(ctx, row, await historyOf(ctx, row, asked), horizon, 0.8)).points
  } catch (error) {
    if (error instanceof Problem && error.code === 'not_enough_history') return []
    throw error
  }
}

export const kpiChartOperation = operation({
  ...picture,
  name: 'kpiChart',
  tag: 'Kpi',
  summary: 'Draw a KPI over time with target, red line and forecast',
  rest: 'GET /kpis/:id/chart.svg',
  scope: 'kpi:read',
  input: z.strictObject({
    id,
    from: day.optional().meta({ description: 'Twelve periods back unless said.' }),
    to: day.optional().meta({ description: 'Today unless said; a forecast is drawn only then.' }),
    grain: grain.optional().meta({ description: "The KPI's frequency unless said." }),
    forecast: z.int().min(0).max(24).default(3).meta({ description: 'Periods looked ahead.' }),
    theme: chartTheme,
  }),
  find: (ctx, { id: wanted }) => findOne(ctx, kpi, wanted),
  run: async (ctx, { id: wanted, theme, forecast: horizon, ...asked }, row) => {
    const subject = await findSubject(ctx, wanted)
    if (!subject) throw new Problem('not_found')
    const { series } = await buildSeries(ctx, subject, seriesInput.parse({ id: wanted, ...asked }))
    const ahead = asked.to === undefined ? await aheadOf(ctx, row as Kpi, asked.grain, horizon) : []
    const all = series[0]?.points ?? []
    // Part of a running sum would look like a fall: the forecast tells of it until it is over.
    const isWhole = ['sum', 'average', 'ratio'].includes((row as Kpi).aggregation)
    const points = all
      .slice(-mostPoints)
      .filter(({ start, value }) => !(starts(ahead, start) && (value === null || isWhole)))
    const last = points.at(-1)?.start ?? ''
    const { name, unit, status } = present(kpi, row, ctx) as { name: string; unit: string | null; status: string }
    const behind = ahead.filter(({ start }) => start > last)
    return kpiPicture({ name, unit, status, points, ahead: behind, theme })
  },
})

const starts = (ahead: readonly ForecastPoint[], day_: string): boolean => ahead.some(({ start }) => start === day_)

export const scorecardChartOperation = operation({
  ...picture,
  name: 'scorecardChart',
  tag: 'Scorecard',
  summary: 'Draw the KPIs of a scorecard by perspective',
  rest: 'GET /scorecards/:id/chart.svg',
  scope: 'kpi:read',
  input: z.strictObject({ id, theme: chartTheme }),
  find: (ctx, { id: wanted }) => findOne(ctx, scorecard, wanted),
  run: async (ctx, { theme }, row) => {
    const card = present(scorecard, row, ctx) as z.output<typeof scorecard.schema>
    const { name, score, coverage, items } = card as unknown as {
      name: string
      score: number | null
      coverage: number | null
      items: { kpiId: string; perspective: string }[]
    }
    const rows = await findMany(
      ctx,
      kpi,
      items.map(({ kpiId }) => kpiId),
    )
    const byId = new Map(rows.map((each) => [each['id'], present(kpi, each, ctx)]))
    return scorecardPicture({
      name,
      score,
      coverage,
      theme,
      rows: items.flatMap(({ kpiId, perspective }) => {
        const found = byId.get(kpiId) as { name: string; score: number | null; status: string } | undefined
        return found ? [{ name: found.name, score: found.score, status: found.status, perspective }] : []
      }),
    })
  },
})

export const treeChartOperation = operation({
  ...picture,
  name: 'objectiveTreeChart',
  tag: 'Objective',
  summary: 'Draw an objective with all that is aligned below it',
  rest: 'GET /objectives/:id/tree.svg',
  scope: 'okr:read',
  input: z.strictObject({
    id,
    depth: z.int().min(1).max(16).default(3).meta({ description: 'Levels of aligned objectives.' }),
    theme: chartTheme,
  }),
  find: (ctx, { id: wanted }) => findOne(ctx, objective, wanted),
  run: async (ctx, { id: wanted, depth, theme }) => {
    const { node, truncated } = await treeOf(ctx, wanted, depth)
    return treePicture(node, truncated, theme)
  },
})
