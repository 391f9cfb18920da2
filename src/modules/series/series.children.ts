import { inputProblem } from '../../api/problem.ts'
import { periodsBetween, rollUp } from '../../scoring/index.ts'
import { nothing, wholeWith } from '../kpis/kpi.period-points.ts'
import type { ValuesAsked } from '../kpis/kpi.values.asked.ts'
import type { Values } from '../kpis/kpi.values.ts'
import type { Awaited } from './series.firsts.ts'
import type { SeriesSubject } from './series.queries.ts'

const keyOf = ({ dimensions }: Pick<Awaited, 'dimensions'>): string => JSON.stringify(dimensions)

/**
 * What child KPIs make together, by the parent's roll-up, group by group; whole with all of `awaited`. 422 for a parent
 * without one
 */
export const together = (
  { kpi, definitions }: SeriesSubject,
  found: ReadonlyMap<string, Values>,
  awaited: readonly Awaited[],
  { from, to, grain }: ValuesAsked,
): Values | undefined => {
  const [first] = found.values()
  const { rollup } = kpi
  if (!first) return grain && { grain, periods: periodsBetween(from, to, grain, definitions.calendar), groups: [] }
  if (rollup === null) throw inputProblem('invalid_input', '/of', `${kpi.code} has no roll-up for its children`)
  const all = [...found].flatMap(([id, { groups }]) => groups.map((group) => ({ id, ...group })))
  const awaitedByKey = Map.groupBy(awaited, keyOf)
  return {
    ...first,
    groups: [...Map.groupBy(all, keyOf)].map(([key, members]) => ({
      dimensions: members[0]?.dimensions ?? {},
      points: first.periods.map(({ end }, at) => {
        const measured = members.filter(({ points }) => (points[at]?.points ?? 0) > 0)
        const here = members.flatMap(({ points }) => points[at] ?? [])
        const isMissed = awaitedByKey
          .get(key)
          ?.some(({ id, first: since }) => since <= end && measured.every((member) => member.id !== id))
        const wholeOn = isMissed ? null : wholeWith(measured.flatMap(({ points }) => points[at] ?? []))
        return { ...nothing, ...rollUp(rollup, here), points: measured.length, wholeOn }
      }),
    })),
  }
}
