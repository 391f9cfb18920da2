import type { FormulaNode, KpiFormula } from './formula.ts'
import { type FormulaFault, Refusal } from './formula-tokens.ts'

/** A KPI's unit: `%` for percentages and ratios, which are plain numbers; null where nobody said. */
export type UnitOf = (code: string) => string | null

/** Powers of units; none is a plain number. `any` is a written number, `unknown` what nobody said the unit of. */
type Unit = 'any' | 'unknown' | ReadonlyMap<string, number>

/**
 * Whether a formula adds, compares or replaces only what has the same unit, as far as units are known: `%` and `$` are
 * not added. Units are multiplied and divided with their values, and a written number takes the unit of its neighbour.
 * Null when nothing speaks against it.
 */
export const unitFault = ({ root }: KpiFormula, unitOf: UnitOf): FormulaFault | null => {
  try {
    measure(root, unitOf)
    return null
  } catch (error) {
    if (error instanceof Refusal) return error.fault
    throw error
  }
}

const measure = (node: FormulaNode, unitOf: UnitOf): Unit => {
  if (node.type === 'number') return 'any'
  if (node.type === 'kpi') return known(unitOf(node.code))
  if (node.type === 'negate') return measure(node.of, unitOf)
  if (node.type === 'operation') {
    const left = measure(node.left, unitOf)
    const right = measure(node.right, unitOf)
    if (node.operator === '+' || node.operator === '-') return same(left, right, node.at)
    return multiplied(left, right, node.operator === '*' ? 1 : -1)
  }
  const [first, ...others] = node.args.map((arg) => measure(arg, unitOf)) as [Unit, ...Unit[]]
  return node.name === 'round' ? first : others.reduce((all, unit) => same(all, unit, node.at), first)
}

const known = (unit: string | null): Unit => {
  if (unit === null) return 'unknown'
  return unit === '%' ? new Map() : new Map([[unit, 1]])
}

const same = (one: Unit, other: Unit, at: number): Unit => {
  if (one === 'any' || other === 'unknown') return other
  if (other === 'any' || one === 'unknown') return one
  if (nameOf(one) === nameOf(other)) return one
  throw new Refusal('unit_mismatch', at, `${nameOf(one)} and ${nameOf(other)} do not go together`)
}

const multiplied = (one: Unit, other: Unit, power: 1 | -1): Unit => {
  if (one === 'unknown' || other === 'unknown') return 'unknown'
  if (other === 'any') return one
  const powers = new Map(one === 'any' ? [] : one)
  for (const [unit, exponent] of other) {
    const sum = (powers.get(unit) ?? 0) + power * exponent
    if (sum === 0) powers.delete(unit)
    else powers.set(unit, sum)
  }
  return powers
}

const nameOf = (unit: ReadonlyMap<string, number>): string =>
  unit.size === 0
    ? '%'
    : [...unit]
        .toSorted(([one], [other]) => (one < other ? -1 : 1))
        .map(([name, power]) => (power === 1 ? name : `${name}^${power}`))
        .join('·')
