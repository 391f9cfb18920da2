import { inputProblem } from '../../api/problem.ts'
import { periodsBetween, rollUp } from '../../scoring/index.ts'
import { nothing, wholeWith } from '../kpis/kpi.period-points.ts'
import type { ValuesAsked } from '../kpis/kpi.values.asked.ts'
import type { Values } from '../kpis/kpi.values.ts'
import type { SeriesSubject } from './series.queries.ts'

/** What child KPIs make together, by the parent's roll-up, group by group. 422 for a parent without one */
export const together = (
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
        // Of a child that was not measured nothing is said, whether other periods of it were asked for or not.
        const measured = here.filter(({ points: own }) => own > 0)
        return { ...nothing, ...rollUp(rollup, here), points: measured.length, wholeOn: wholeWith(measured) }
      }),
    })),
  }
}
