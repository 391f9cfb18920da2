import type { Context } from '../../api/operation.ts'
import { inputProblem } from '../../api/problem.ts'
import type { CalendarPeriod } from '../../scoring/index.ts'
import { nothing, type PeriodPoint, type ValueGroup } from '../kpis/kpi.period-points.ts'
import { kpiValues } from '../kpis/kpi.values.ts'
import { dimensionsOf } from '../measurements/measurement.dimensions.ts'
import { together } from './series.children.ts'
import { averageOf, comparison } from './series.compare.ts'
import { awaitedOf } from './series.firsts.ts'
import { judgeOf } from './series.judge.ts'
import type { SeriesSubject } from './series.queries.ts'
import { type KpiSeries, mostPoints, type SeriesAsked, type SeriesPoint } from './series.schema.ts'
import { readFrom, requireFew, type Span, spanOf } from './series.span.ts'

/** The series of a KPI as it is answered: values added up, compared, judged against the targets of their time. */
export const buildSeries = async (ctx: Context, subject: SeriesSubject, asked: SeriesAsked): Promise<KpiSeries> => {
  const { definitions, kpi } = subject
  if (asked.aggregation === 'ratio' && kpi.aggregation !== 'ratio')
    throw inputProblem('invalid_input', '/aggregation', `${kpi.code} has no numerators: it is no ratio`)
  const span = spanOf(subject, asked, ctx.today)
  const from = readFrom(span, asked, definitions)
  if (span.grain) requireFew(from, span.to, span.grain)
  const wanted = {
    from,
    to: span.to,
    grain: span.grain ?? undefined,
    filter: dimensionsOf(asked.dimensions),
    groupBy: asked.groupBy,
    knownAt: asked.knownAt,
    aggregation: asked.aggregation,
    inWeeks: kpi.frequency === 'week',
    permit: (groups: number, periods: readonly CalendarPeriod[]) => {
      if (countShown(periods, span) * groups > mostPoints)
        throw inputProblem(
          'invalid_input',
          '/groupBy',
          `more than ${mostPoints} points: ask for fewer periods or members`,
        )
    },
  }
  const ids = asked.of === 'children' ? subject.childIds : [kpi.id]
  const [found, awaited] = await Promise.all([
    kpiValues(ctx, definitions, ids, wanted),
    asked.of === 'children' ? awaitedOf(ctx, subject, wanted) : [],
  ])
  const values = asked.of === 'children' ? together(subject, found, awaited, wanted) : found.get(kpi.id)
  const periods = values?.periods ?? []
  const groups = values?.groups.length ? values.groups : asked.groupBy ? [] : [blank(periods.length)]
  const shown = countShown(periods, span)
  const judge = judgeOf(ctx, subject, asked, span.grain, periods)
  return {
    kpiId: kpi.id,
    grain: span.grain,
    series: groups.map(({ dimensions, points }) => {
      const compare = comparison(asked, definitions, span.grain, periods, points)
      const all: SeriesPoint[] = []
      for (let at = periods.length - shown; at < periods.length; at++) {
        const point = points[at] as PeriodPoint
        if (!asked.dense && (point.value ?? point.reason) === null) continue
        const movingAverage = asked.movingAverage ? averageOf(points, at, asked.movingAverage) : null
        all.push(judge(at, point, { compare: compare(at), movingAverage }))
      }
      return { dimensions, points: all }
    }),
  }
}

/** Periods that are shown; those before them are read for comparison only. */
const countShown = (periods: readonly CalendarPeriod[], { from }: Span): number =>
  periods.filter(({ end }) => end >= from).length

const blank = (count: number): ValueGroup => ({ dimensions: {}, points: Array.from({ length: count }, () => nothing) })
