import { type KpiAggregation, type KpiTargetFrom, targetOn } from './kpi-score.ts'
import type { CalendarPeriod } from './period.ts'

/**
 * The thresholds of a period that is longer than the KPI's frequency, from those of its parts: targets of a sum are added
 * up, as the values are; all others stand as they are on the last day, and are never pro-rated (section 7). Null where no
 * target is in force, or of a sum not in all parts.
 */
export const targetOver = (
  aggregation: KpiAggregation,
  targets: readonly KpiTargetFrom[],
  { end }: Pick<CalendarPeriod, 'end'>,
  parts: readonly Pick<CalendarPeriod, 'end'>[],
): KpiTargetFrom | null => {
  if (aggregation !== 'sum' || parts.length < 2) return targetOn(targets, end)
  const each = parts.map((part) => targetOn(targets, part.end))
  const sum = (member: 'target' | 'redLine' | 'upperTarget' | 'upperRedLine'): number | null => {
    const values = each.flatMap((thresholds) => thresholds?.[member] ?? [])
    return values.length < parts.length ? null : values.reduce((one, other) => one + other, 0)
  }
  return {
    effectiveFrom: end,
    target: sum('target'),
    redLine: sum('redLine'),
    upperTarget: sum('upperTarget'),
    upperRedLine: sum('upperRedLine'),
  }
}
