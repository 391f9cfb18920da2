import type { Context } from '../../api/operation.ts'
import { type CalendarPeriod, type Period, periodAfter, periodsBetween } from '../../scoring/index.ts'
import { type Definition, type Definitions, grainOf, leavesOf, reachOf } from './kpi.definitions.ts'
import { evaluator } from './kpi.formula-values.ts'
import { loadIn, loadLeaves } from './kpi.leaves.ts'
import { demandOf, dense, type ValueGroup } from './kpi.period-points.ts'
import type { Group } from './kpi.points.asked.ts'
import { loadOwnPeriods } from './kpi.points.ts'
import type { ValuesAsked } from './kpi.values.asked.ts'

/** Groups of points beside periods, place by place. */
export type Values = { grain: Period | null; periods: CalendarPeriod[]; groups: ValueGroup[] }

export const mostPeriods = 4_000

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
        : await Promise.all(wanted.map((each) => inOwnPeriods(ctx, definitions, each, asked)))
      for (const [at, { id }] of wanted.entries()) found.set(id, all[at] as Values)
    }),
  )
  return found
}

const asAsked = (definition: Definition, { aggregation }: ValuesAsked): Definition =>
  aggregation ? { ...definition, aggregation } : definition

/** Formulas, and children together, have the groups of all they are made of. */
const requirePermit = (groups: readonly Group[], periods: readonly CalendarPeriod[], { permit }: ValuesAsked): void =>
  permit?.(new Set(groups.map(({ dimensions }) => JSON.stringify(dimensions))).size, periods)

/** An irregular KPI's points are periods of their own. */
const inOwnPeriods = async (
  ctx: Context,
  { calendar }: Definitions,
  definition: Definition,
  asked: ValuesAsked,
): Promise<Values> => {
  const periods = await loadOwnPeriods(ctx, definition.id, asked, mostPeriods)
  const groups = await loadIn(ctx, [definition], periods, asked, {
    own: true,
    parts: null,
    week: null,
    between: [asked.from, asked.to],
  })
  requirePermit(groups, periods, asked)
  const demanded = demandOf(null, periods, calendar)
  return {
    grain: null,
    periods,
    groups: groups.map((group) => dense(asAsked(definition, asked), group, demanded)),
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
  requirePermit(groups, shown, asked)
  const added = new Map([...byId].map(([id, each]) => [id, asAsked(each, asked)]))
  const valuesOf = evaluator({ byId: added, calendar }, groups, periods, asked.inWeeks)
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
