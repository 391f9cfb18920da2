/** A built-in KPI: what the practice literature watches, with what it tells. Currencies are the organization's own. */
export type BuiltInKpi = {
  area: string
  /** The unit's sign leads the name where it has one. */
  name: string
  /** What it tells, and what to mind when reading it. */
  tells: string
  unitKind: 'number' | 'percent' | 'currency' | 'duration' | 'ratio'
  /** Null for currencies, ratios and plain numbers. */
  unit: string | null
  direction: 'up' | 'down'
  nature: 'lagging' | 'leading' | 'risk'
  frequency: 'week' | 'month' | 'quarter' | 'year'
  aggregation: 'sum' | 'average' | 'last' | 'ratio'
  /** In words; for `ratio` the numerator over the denominator that are measured. */
  computedFrom: string | null
}

type Unit = Pick<BuiltInKpi, 'unitKind' | 'unit'>
type Rest = Partial<Omit<BuiltInKpi, 'area' | 'name' | 'tells' | 'direction'>>

export const percent: Unit = { unitKind: 'percent', unit: '%' }
export const money: Unit = { unitKind: 'currency', unit: null }
export const ratio: Unit = { unitKind: 'ratio', unit: null }
export const count = (unit: string | null = null): Unit => ({ unitKind: 'number', unit })
export const duration = (unit: 'seconds' | 'minutes' | 'hours' | 'days'): Unit => ({ unitKind: 'duration', unit })

const standard = { nature: 'lagging', frequency: 'month', aggregation: 'average', computedFrom: null } as const

/** The KPIs of one area. */
export const inArea = (area: string) => {
  const toward =
    (direction: 'up' | 'down') =>
    (name: string, unit: Unit, tells: string, rest: Rest = {}) =>
      ({ area, name, tells, direction, ...standard, ...unit, ...rest }) satisfies BuiltInKpi as BuiltInKpi
  return { up: toward('up'), down: toward('down') }
}

/** Numerator over denominator, both measured: quarters and sums over regions are Σ ÷ Σ. */
export const over = (computedFrom: string): Rest => ({ aggregation: 'ratio', computedFrom })
export const summed: Rest = { aggregation: 'sum' }
export const latest: Rest = { aggregation: 'last' }
export const leading: Rest = { nature: 'leading' }
export const risk: Rest = { nature: 'risk' }
export const quarterly: Rest = { frequency: 'quarter' }
