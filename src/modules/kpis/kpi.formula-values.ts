import { type CalendarPeriod, evaluateFormula, type Period } from '../../scoring/index.ts'
import type { Dimensions } from '../measurements/measurement.table.ts'
import { codesOf, type Definition, type Definitions, formulaOf, grainOf } from './kpi.definitions.ts'
import { demandOf, dense, nothing, type PeriodPoint, type ValueGroup, wholeWith } from './kpi.period-points.ts'
import type { Group } from './kpi.points.asked.ts'

const keyOf = (dimensions: Dimensions): string =>
  JSON.stringify(Object.entries(dimensions).toSorted(([one], [other]) => (one < other ? -1 : 1)))

/**
 * Works out the values of each KPI once, and of those its formula reads before it; `loaded` is what was measured. `inWeeks` as
 * `ValuesAsked` has it: days go with their week then, and are demanded by the week.
 */
export const evaluator = (
  { byId, calendar }: Definitions,
  loaded: readonly Group[],
  periods: readonly CalendarPeriod[],
  inWeeks = false,
) => {
  const byCode = codesOf(byId)
  const demands = new Map<Period | null, ReturnType<typeof demandOf>>()
  const demandedOf = (definition: Definition): ReturnType<typeof demandOf> => {
    const own = grainOf(definition)
    const frequency = inWeeks && own === 'day' ? 'week' : own
    const known = demands.get(frequency) ?? demandOf(frequency, periods, calendar)
    demands.set(frequency, known)
    return known
  }
  const measured = Map.groupBy(loaded, ({ kpiId }) => kpiId)
  const known = new Map<string, ValueGroup[]>()

  const valuesOf = (definition: Definition): ValueGroup[] => {
    let values = known.get(definition.id)
    if (!values) {
      values = definition.formula
        ? computed(definition.formula)
        : (measured.get(definition.id) ?? []).map((group) => dense(definition, group, demandedOf(definition)))
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
      const points = periods.map(({ end }, at): PeriodPoint => {
        const days = [...lists.values()].flatMap((list) => list?.[at]?.day ?? [])
        const read: Pick<PeriodPoint, 'points' | 'wholeOn'>[] = []
        const found = evaluateFormula(formula, (code, back) => {
          const point = lists.get(code)?.[at - back]
          // What was known before is a part of this period all the same, and counts with its last day.
          if (point && point.points > 0) read.push(back > 0 && point.wholeOn ? { ...point, wholeOn: end } : point)
          return point?.value ?? null
        })
        // What nothing is known of has no part in a value that is there all the same: the formula says `coalesce`.
        const isMissing = found.value === null && found.reason === null
        return {
          ...nothing,
          ...found,
          day: days.length > 0 ? days.reduce((one, other) => (one > other ? one : other)) : null,
          points: read.reduce((sum, { points: own }) => sum + own, 0),
          wholeOn: isMissing ? null : wholeWith(read),
        }
      })
      return { dimensions, points }
    })
  }
  return valuesOf
}
