import type { Computed } from './formula-value.ts'
import { periodValue, type Sums } from './kpi-value.ts'

export type KpiRollup = 'sum' | 'average' | 'min' | 'max' | 'ratio'

/** What the values of child KPIs make together in one period (section 7); those without a value are left out. */
export const rollUp = (rollup: KpiRollup, members: readonly Sums[]): Computed => {
  if (rollup === 'ratio') {
    const measured = members.filter(({ numerator, denominator }) => numerator !== null && denominator !== null)
    const total = (member: 'numerator' | 'denominator') => measured.reduce((sum, each) => sum + (each[member] ?? 0), 0)
    const [numerator, denominator] = [total('numerator'), total('denominator')]
    return periodValue('ratio', { value: null, numerator, denominator, points: measured.length })
  }
  const values = members.flatMap(({ value }) => value ?? [])
  const value = values.length === 0 ? null : combine[rollup](values)
  return periodValue(rollup, { value, numerator: null, denominator: null, points: values.length })
}

const sum = (values: readonly number[]): number => values.reduce((one, other) => one + other, 0)

const combine = {
  sum,
  average: (values: readonly number[]) => sum(values) / values.length,
  min: (values: readonly number[]) => Math.min(...values),
  max: (values: readonly number[]) => Math.max(...values),
}
