import type { Context } from '../../api/operation.ts'
import { type CalendarPeriod, type Period, periodAfter } from '../../scoring/index.ts'
import { type Definition, type Definitions, grainOf } from './kpi.definitions.ts'
import type { Group, PointsAsked } from './kpi.points.asked.ts'
import { placesOf } from './kpi.points.places.ts'
import { loadPoints } from './kpi.points.ts'
import type { ValuesAsked } from './kpi.values.asked.ts'

/** The points of measured KPIs in these periods, in the groups asked for. */
export const loadIn = (
  ctx: Context,
  measured: readonly Definition[],
  periods: readonly CalendarPeriod[],
  { filter = {}, groupBy = [], knownAt, aggregation }: ValuesAsked,
  more: Pick<PointsAsked, 'own' | 'parts' | 'week' | 'between'>,
): Promise<Group[]> =>
  loadPoints(ctx, {
    kpiIds: measured.map(({ id }) => id),
    starts: periods.map(({ start }) => start),
    ends: periods.map(({ end }) => end),
    filter,
    groupBy,
    knownAt: knownAt ?? null,
    aggregation: aggregation ?? null,
    ...more,
  })

/**
 * The points of the measured KPIs that others are made of: one statement for each frequency among them. The period after the
 * last one is told too: what belongs to it may say it all of days before, and is only then known to.
 */
export const loadLeaves = async (
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
  const told = [...periods, periodAfter(last, 1, calendar)]
  const loaded = await Promise.all(
    [...byFrequency].map(([frequency, group]) =>
      loadIn(ctx, group, told, asked, {
        own: false,
        ...placesOf(frequency, { grain, inWeeks: asked.inWeeks, first: first.start, last: last.end }, calendar),
      }),
    ),
  )
  return loaded.flat().flatMap((group) => {
    const cells = group.cells.filter(([place]) => place <= periods.length)
    return cells.length > 0 ? [{ ...group, cells }] : []
  })
}
