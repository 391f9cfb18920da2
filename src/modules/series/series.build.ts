import type { Context } from '../../api/operation.ts'
import { inputProblem } from '../../api/problem.ts'
import {
  type CalendarPeriod,
  heldOn,
  judgeValue,
  type KpiTargetFrom,
  type Period,
  periodOf,
  periodsBetween,
  rollUp,
  targetOver,
} from '../../scoring/index.ts'
import { type Definitions, grainOf } from '../kpis/kpi.definitions.ts'
import { kpiValues, type PeriodPoint, type ValueGroup, type Values, type ValuesAsked } from '../kpis/kpi.values.ts'
import { dimensionsOf } from '../measurements/measurement.dimensions.ts'
import type { SeriesSubject } from './series.queries.ts'
import { type KpiSeries, mostPoints, type SeriesAsked, type SeriesPoint } from './series.schema.ts'
import { lengths, readFrom, requireFew, spanOf, yearBefore } from './series.span.ts'

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
  }
  const ids = asked.of === 'children' ? subject.childIds : [kpi.id]
  const found = await kpiValues(ctx, definitions, ids, wanted)
  const values = asked.of === 'children' ? together(subject, [...found.values()], wanted) : found.get(kpi.id)
  const periods = values?.periods ?? []
  const groups = values?.groups.length ? values.groups : asked.groupBy ? [] : [blank(periods.length)]
  const shown = periods.filter(({ end }) => end >= span.from).length
  if (shown * groups.length > mostPoints)
    throw inputProblem('invalid_input', '/groupBy', `more than ${mostPoints} points: ask for fewer periods or members`)
  const judge = judgeOf(ctx, subject, asked, span.grain, periods)
  return {
    kpiId: kpi.id,
    grain: span.grain,
    series: groups.map(({ dimensions, points }) => {
      const compare = comparison(asked, definitions, span.grain, periods, points)
      const all = points.map(
        (point, at): SeriesPoint => ({
          ...judge(point, at),
          compare: compare(at),
          movingAverage: asked.movingAverage ? averageOf(points, at, asked.movingAverage) : null,
        }),
      )
      const within = all.slice(periods.length - shown)
      return {
        dimensions,
        points: asked.dense ? within : within.filter(({ value, reason }) => (value ?? reason) !== null),
      }
    }),
  }
}

const nothing: PeriodPoint = {
  value: null,
  reason: null,
  numerator: null,
  denominator: null,
  points: 0,
  day: null,
  parts: 0,
}
const blank = (count: number): ValueGroup => ({ dimensions: {}, points: Array.from({ length: count }, () => nothing) })

/** What child KPIs make together, by the parent's roll-up, group by group. */
const together = (
  { kpi, definitions }: SeriesSubject,
  all: readonly Values[],
  { from, to, grain }: ValuesAsked,
): Values | undefined => {
  const [first] = all
  const { rollup } = kpi
  if (!first) return grain && { grain, periods: periodsBetween(from, to, grain, definitions.calendar), groups: [] }
  if (rollup === null) throw inputProblem('invalid_input', '/of', `${kpi.code} has no roll-up for its children`)
  const byKey = Map.groupBy(
    all.flatMap(({ groups }) => groups),
    ({ dimensions }) => JSON.stringify(dimensions),
  )
  return {
    ...first,
    groups: [...byKey.values()].map((members) => ({
      dimensions: members[0]?.dimensions ?? {},
      points: first.periods.map((_period, at) => {
        const here = members.flatMap(({ points }) => points[at] ?? [])
        return {
          ...nothing,
          ...rollUp(rollup, here),
          points: here.length,
          parts: Math.min(...here.map(({ parts }) => parts)),
        }
      }),
    })),
  }
}

type Judged = Omit<SeriesPoint, 'compare' | 'movingAverage'>

/**
 * Targets of a sum are for the whole and for its own frequency or longer; of anything else they hold for members, too. What
 * is added up otherwise than the KPI is has none.
 */
const judgeOf = (
  ctx: Context,
  { kpi, definitions, targets }: SeriesSubject,
  asked: SeriesAsked,
  grain: Period | null,
  periods: readonly CalendarPeriod[],
): ((point: PeriodPoint, at: number) => Judged) => {
  const frequency = grainOf(kpi)
  const aggregation = asked.aggregation ?? kpi.aggregation
  const isAnother = aggregation !== kpi.aggregation
  const isLonger = grain !== null && frequency !== null && lengths[grain] > lengths[frequency]
  const isShorter = grain !== null && frequency !== null && lengths[grain] < lengths[frequency]
  const isOfMembers = asked.groupBy !== undefined || asked.dimensions !== undefined
  const inForce: readonly KpiTargetFrom[] =
    isAnother || (aggregation === 'sum' && (isShorter || isOfMembers)) ? [] : targets
  const parts = isLonger
    ? Map.groupBy(
        periodsBetween(
          periods[0]?.start ?? ctx.today,
          periods.at(-1)?.end ?? ctx.today,
          frequency,
          definitions.calendar,
        ),
        (part) => periodOf(heldOn(part), grain, definitions.calendar).start,
      )
    : new Map<string, CalendarPeriod[]>()
  return ({ value, reason, points, parts: measured }, at) => {
    const { label, start, end } = periods[at] as CalendarPeriod
    const own = parts.get(start) ?? []
    const { status, score, thresholds } = judgeValue(
      kpi.direction,
      value,
      targetOver(aggregation, inForce, { end }, own),
    )
    return {
      period: label,
      start,
      end,
      value,
      reason,
      complete: (own.at(-1)?.end ?? end) < ctx.today && points > 0 && measured >= own.length,
      target: thresholds?.target ?? null,
      redLine: thresholds?.redLine ?? null,
      upperTarget: thresholds?.upperTarget ?? null,
      upperRedLine: thresholds?.upperRedLine ?? null,
      status,
      score,
    }
  }
}

/** The value a point is compared with: of the period before, or of the same one a year ago. */
const comparison = (
  { compare }: SeriesAsked,
  { calendar }: Definitions,
  grain: Period | null,
  periods: readonly CalendarPeriod[],
  points: readonly PeriodPoint[],
): ((at: number) => number | null) => {
  if (!compare) return () => null
  if (compare === 'previous_period' || grain === null) return (at) => points[at - 1]?.value ?? null
  const byStart = new Map(periods.map(({ start }, at) => [start, points[at]?.value ?? null]))
  return (at) => byStart.get(yearBefore(periods[at] as CalendarPeriod, grain, calendar).start) ?? null
}

const averageOf = (points: readonly PeriodPoint[], at: number, over: number): number | null => {
  const values = points.slice(Math.max(0, at - over + 1), at + 1).flatMap(({ value }) => value ?? [])
  return values.length < over ? null : values.reduce((sum, value) => sum + value, 0) / over
}
