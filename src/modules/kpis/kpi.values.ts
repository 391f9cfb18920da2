import type { Context } from '../../api/operation.ts'
import {
  type CalendarPeriod,
  type Computed,
  dayNumber,
  dayOf,
  evaluateFormula,
  type KpiAggregation,
  type Period,
  periodAfter,
  periodOf,
  periodsBetween,
  periodValue,
  type Sums,
} from '../../scoring/index.ts'
import type { Dimensions } from '../measurements/measurement.table.ts'
import { codesOf, type Definition, type Definitions, formulaOf, grainOf, leavesOf, reachOf } from './kpi.definitions.ts'
import { type Cell, type Group, loadOwnPeriods, loadPoints, type PointsAsked } from './kpi.points.ts'

export type ValuesAsked = {
  /** Periods that touch these days; at most `mostPeriods` of them. */
  from: string
  to: string
  /** That of each KPI's frequency unless said. */
  grain?: Period | undefined
  filter?: Dimensions | undefined
  groupBy?: readonly string[] | undefined
  knownAt?: string | undefined
  /** How points are added up, where it is not as the KPI says. */
  aggregation?: KpiAggregation | undefined
  /** Whether longer periods are made of whole weeks, as those of weekly KPIs always are. */
  inWeeks?: boolean | undefined
}

/** The value of one period. `day` is the last day it was true on, `parts` the periods of its frequency that have points. */
export type PeriodPoint = Computed & Sums & { day: string | null; parts: number }
/** Points beside `periods`, place by place. */
export type ValueGroup = { dimensions: Dimensions; points: PeriodPoint[] }
export type Values = { grain: Period | null; periods: CalendarPeriod[]; groups: ValueGroup[] }

export const mostPeriods = 4_000
/** Half a week: so far points may lie outside of the period they belong to. */
const daysAround = 3

const nothing: PeriodPoint = {
  value: null,
  reason: null,
  numerator: null,
  denominator: null,
  points: 0,
  day: null,
  parts: 0,
}

const keyOf = (dimensions: Dimensions): string =>
  JSON.stringify(Object.entries(dimensions).toSorted(([one], [other]) => (one < other ? -1 : 1)))

const pointOf = (
  { aggregation }: Definition,
  [, value, numerator, denominator, points, day, parts]: Cell,
): PeriodPoint => ({
  numerator,
  denominator,
  ...periodValue(aggregation, { value, numerator, denominator, points }),
  day,
  points,
  parts,
})

/** Cells put beside `count` periods; where nothing was measured the period is there all the same. */
const dense = (definition: Definition, { dimensions, cells }: Group, count: number): ValueGroup => {
  const points = Array.from({ length: count }, () => nothing)
  for (const cell of cells) points[cell[0] - 1] = pointOf(definition, cell)
  return { dimensions, points }
}

/**
 * Values of KPIs by period: added up from their points, or worked out from other KPIs by their formulas, period by period
 * and group by group. The definitions must hold whatever the formulas read.
 */
export const kpiValues = async (
  ctx: Context,
  definitions: Definitions,
  ids: readonly string[],
  asked: ValuesAsked,
): Promise<Map<string, Values>> => {
  const found = new Map<string, Values>()
  const grained = ids.flatMap((id) => {
    const definition = definitions.byId.get(id)
    return definition ? [{ definition, grain: asked.grain ?? grainOf(definition) }] : []
  })
  const byGrain = Map.groupBy(grained, ({ grain }) => grain)
  await Promise.all(
    [...byGrain].map(async ([grain, group]) => {
      const wanted = group.map(({ definition }) => definition)
      const all = grain
        ? await inGrain(ctx, definitions, wanted, grain, asked)
        : await Promise.all(wanted.map((each) => inOwnPeriods(ctx, each, asked)))
      for (const [at, { id }] of wanted.entries()) found.set(id, all[at] as Values)
    }),
  )
  return found
}

const askedOf = ({ filter = {}, groupBy = [], knownAt, aggregation }: ValuesAsked) => ({
  filter,
  groupBy,
  knownAt: knownAt ?? null,
  aggregation: aggregation ?? null,
})

const asAsked = (definition: Definition, { aggregation }: ValuesAsked): Definition =>
  aggregation ? { ...definition, aggregation } : definition

/** An irregular KPI's points are periods of their own. */
const inOwnPeriods = async (ctx: Context, definition: Definition, asked: ValuesAsked): Promise<Values> => {
  const periods = await loadOwnPeriods(ctx, definition.id, asked.from, asked.to, mostPeriods)
  const groups = await loadPoints(ctx, {
    kpiIds: [definition.id],
    starts: periods.map(({ start }) => start),
    ends: periods.map(({ end }) => end),
    ...askedOf(asked),
    own: true,
    parts: null,
    week: null,
    between: [asked.from, asked.to],
  })
  return {
    grain: null,
    periods,
    groups: groups.map((group) => dense(asAsked(definition, asked), group, periods.length)),
  }
}

const inGrain = async (
  ctx: Context,
  definitions: Definitions,
  wanted: readonly Definition[],
  grain: Period,
  asked: ValuesAsked,
): Promise<Values[]> => {
  const { byId, calendar } = definitions
  const shown = periodsBetween(asked.from, asked.to, grain, calendar)
  const [first] = shown
  const reach = Math.max(0, ...wanted.map(({ id }) => reachOf(definitions, id)))
  const from = first && reach > 0 ? periodAfter(first, -reach, calendar).start : asked.from
  const periods = reach > 0 ? periodsBetween(from, asked.to, grain, calendar) : shown
  const groups = await loadLeaves(ctx, definitions, leavesOf(definitions, wanted), periods, grain, asked)
  const added = new Map([...byId].map(([id, each]) => [id, asAsked(each, asked)]))
  const valuesOf = evaluator(added, groups, periods.length)
  const skipped = periods.length - shown.length
  return wanted.map((definition) => ({
    grain,
    periods: shown,
    groups: valuesOf(added.get(definition.id) ?? definition).map(({ dimensions, points }) => ({
      dimensions,
      points: points.slice(skipped),
    })),
  }))
}

const loadLeaves = async (
  ctx: Context,
  { calendar }: Definitions,
  leaves: readonly Definition[],
  periods: readonly CalendarPeriod[],
  grain: Period,
  asked: ValuesAsked,
): Promise<Group[]> => {
  const byFrequency = Map.groupBy(leaves, grainOf)
  const [first, last] = [periods[0], periods.at(-1)]
  if (!first || !last) return []
  const loaded = await Promise.all(
    [...byFrequency].map(([frequency, group]) =>
      loadPoints(ctx, {
        kpiIds: group.map(({ id }) => id),
        starts: periods.map(({ start }) => start),
        ends: periods.map(({ end }) => end),
        ...askedOf(asked),
        own: false,
        ...placesOf(frequency, grain, calendar, first.start, last.end, asked.inWeeks ?? false),
      }),
    ),
  )
  return loaded.flat()
}

/** Where points belong: weeks by their fourth day, and with them the days of what is told in weeks (decision 38). */
const placesOf = (
  frequency: Period | null,
  grain: Period,
  calendar: Definitions['calendar'],
  first: string,
  last: string,
  inWeeks: boolean,
): Pick<PointsAsked, 'parts' | 'week' | 'between'> => {
  const areWhole = grain !== 'day' && grain !== 'week' && (inWeeks || frequency === 'week')
  const before = frequency === 'day' && !areWhole ? 0 : -daysAround
  return {
    parts:
      frequency === null || frequency === grain
        ? null
        : periodsBetween(first, last, frequency, calendar).map(({ start }) => start),
    week: areWhole ? periodOf(dayOf(dayNumber(first) - 7), 'week', calendar).start : null,
    between: [dayOf(dayNumber(first) + before), areWhole ? dayOf(dayNumber(last) + daysAround) : last],
  }
}

/** Works out each KPI once, and those its formula reads before it. */
const evaluator = (byId: ReadonlyMap<string, Definition>, loaded: readonly Group[], count: number) => {
  const byCode = codesOf(byId)
  const measured = Map.groupBy(loaded, ({ kpiId }) => kpiId)
  const known = new Map<string, ValueGroup[]>()

  const valuesOf = (definition: Definition): ValueGroup[] => {
    let values = known.get(definition.id)
    if (!values) {
      values = definition.formula
        ? computed(definition.formula)
        : (measured.get(definition.id) ?? []).map((group) => dense(definition, group, count))
      known.set(definition.id, values)
    }
    return values
  }

  const computed = (text: string): ValueGroup[] => {
    const formula = formulaOf(text)
    const inputs = new Map(
      formula.kpis.map((code) => {
        const input = byCode.get(code)
        return [code, new Map((input ? valuesOf(input) : []).map((group) => [keyOf(group.dimensions), group]))]
      }),
    )
    const groups = new Map(
      [...inputs.values()].flatMap((byKey) => [...byKey].map(([key, group]) => [key, group.dimensions])),
    )
    return [...groups].map(([key, dimensions]) => {
      const lists = new Map([...inputs].map(([code, byKey]) => [code, byKey.get(key)?.points]))
      const points = Array.from({ length: count }, (_, at): PeriodPoint => {
        const here = [...lists.values()].flatMap((list) => list?.[at] ?? [])
        const days = here.flatMap(({ day }) => day ?? [])
        return {
          numerator: null,
          denominator: null,
          ...evaluateFormula(formula, (code, back) => lists.get(code)?.[at - back]?.value ?? null),
          day: days.length > 0 ? days.reduce((one, other) => (one > other ? one : other)) : null,
          points: here.reduce((sum, { points: own }) => sum + own, 0),
          parts: Math.min(...here.map(({ parts }) => parts)),
        }
      })
      return { dimensions, points }
    })
  }
  return valuesOf
}
