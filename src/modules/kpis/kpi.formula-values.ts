import { evaluateFormula } from '../../scoring/index.ts'
import type { Dimensions } from '../measurements/measurement.table.ts'
import { codesOf, type Definition, formulaOf } from './kpi.definitions.ts'
import { dense, type PeriodPoint, type ValueGroup } from './kpi.period-points.ts'
import type { Group } from './kpi.points.asked.ts'

const keyOf = (dimensions: Dimensions): string =>
  JSON.stringify(Object.entries(dimensions).toSorted(([one], [other]) => (one < other ? -1 : 1)))

/** Works out the values of each KPI once, and of those its formula reads before it; `loaded` is what was measured. */
export const evaluator = (byId: ReadonlyMap<string, Definition>, loaded: readonly Group[], count: number) => {
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
