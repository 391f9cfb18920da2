import type { FormulaNode, KpiFormula } from './formula.ts'

/** Why a computed value is null though its inputs were there. */
export type ValueReason = 'division_by_zero' | 'out_of_range'
export type Computed = { value: number | null; reason: ValueReason | null }

/** The value of a KPI `back` periods before the one evaluated; null where there is none. */
export type ValueOf = (code: string, back: number) => number | null

const largest = 1e15
/** What is the same on paper shall be the same number: 0.1 + 0.2 is 0.3. Doubles carry 15 digits. */
const digits = 12

const nothing: Computed = { value: null, reason: null }
const divided: Computed = { value: null, reason: 'division_by_zero' }
const tooLarge: Computed = { value: null, reason: 'out_of_range' }

/**
 * The value of a formula in one period, rounded to 12 significant digits. A null input gives null unless the formula
 * says `coalesce`; division by zero is null with its reason, and so is what exceeds ±10¹⁵ (docs/scoring.md, section 7).
 */
export const evaluateFormula = ({ root }: KpiFormula, valueOf: ValueOf): Computed => {
  const { value, reason } = evaluate(root, valueOf)
  return value === null ? { value, reason } : { value: Number(value.toPrecision(digits)) || 0, reason: null }
}

const evaluate = (node: FormulaNode, valueOf: ValueOf): Computed => {
  if (node.type === 'number') return { value: node.value, reason: null }
  if (node.type === 'kpi') return bounded(valueOf(node.code, node.back))
  if (node.type === 'negate') return withValues([evaluate(node.of, valueOf)], ([value]) => -(value as number))
  if (node.type === 'operation') {
    const operands = [evaluate(node.left, valueOf), evaluate(node.right, valueOf)]
    return withValues(operands, ([left, right]) => operate[node.operator](left as number, right as number))
  }
  const args = node.args.map((arg) => evaluate(arg, valueOf))
  if (node.name === 'coalesce') return args.find(({ value }) => value !== null) ?? args.find(because) ?? nothing
  return withValues(args, calls[node.name])
}

const because = ({ reason }: Computed): boolean => reason !== null

/** Null when an operand is, for the reason of the first that has one. */
const withValues = (operands: readonly Computed[], work: (values: number[]) => number | null): Computed => {
  const missing = operands.find(because) ?? operands.find(({ value }) => value === null)
  if (missing) return missing
  const value = work(operands.map((operand) => operand.value as number))
  return value === null ? divided : bounded(value)
}

const bounded = (value: number | null): Computed => {
  if (value === null) return nothing
  return Math.abs(value) <= largest ? { value, reason: null } : tooLarge
}

const operate = {
  '+': (left: number, right: number) => left + right,
  '-': (left: number, right: number) => left - right,
  '*': (left: number, right: number) => left * right,
  '/': (left: number, right: number) => (right === 0 ? null : left / right),
}

/** Halves go away from zero, and what is a half on paper is one here too. */
const roundTo = (value: number, decimals: number): number => {
  const scale = 10 ** decimals
  return (Math.sign(value) * Math.floor(Number((Math.abs(value) * scale).toPrecision(digits + 3)) + 0.5)) / scale
}

const calls = {
  min: (values: number[]) => Math.min(...values),
  max: (values: number[]) => Math.max(...values),
  abs: ([value]: number[]) => Math.abs(value as number),
  round: ([value, decimals = 0]: number[]) => roundTo(value as number, decimals),
}
