import { z } from 'zod'
import { id, quantity, text } from '../../api/fields.ts'
import { newId } from '../../api/new-id.ts'
import { inputProblem } from '../../api/problem.ts'
import {
  type Calendar,
  isPeriodFault,
  type ParsedPeriod,
  type Period,
  parsePeriod,
  quotient,
} from '../../scoring/index.ts'
import type { kpis } from '../kpis/kpi.table.ts'
import { dimensions } from './measurement.resource.ts'
import { keyOf, type Point } from './measurement.write.ts'

type Kpi = typeof kpis.$inferSelect
/** What of a KPI decides how its points are read. */
export type Measured = Pick<Kpi, 'id' | 'code' | 'frequency' | 'aggregation' | 'formula'>

const members = {
  period: z
    .string()
    .min(1)
    .max(40)
    .meta({ description: 'A day, 2026-W07, 2026-02, 2026-Q1, 2026, a fiscal year 2025-26 or a span 2003-05.' }),
  value: quantity.nullable().optional().meta({ description: 'Or numerator and denominator.' }),
  numerator: quantity.nullable().optional(),
  denominator: quantity.nullable().optional(),
  dimensions: dimensions.optional(),
  note: text.nullable().optional(),
  source: z.string().trim().min(1).max(50).optional().meta({ description: 'Where it comes from; api unless said.' }),
}

export const measurementInput = z.strictObject(members)
export const batchMeasurementItem = z
  .strictObject({ kpiId: id.optional(), kpiCode: z.string().max(100).optional(), ...members })
  .meta({ id: 'BatchMeasurementItem', description: 'The KPI is named by `kpiId` or `kpiCode`.' })
export type MeasurementInput = z.output<typeof measurementInput>

const lengths: Record<Period, number> = { day: 1, week: 2, month: 3, quarter: 4, year: 5 }

/**
 * A period suits a KPI when it is as long as its frequency or shorter: a year says nothing of the months a monthly KPI is
 * judged by (decision 22). One that has not begun has nothing to measure.
 * 422 `invalid_period`, `ambiguous_period`
 */
export const readPeriod = (
  given: string,
  { frequency, code }: Measured,
  calendar: Calendar,
  today: string,
): ParsedPeriod => {
  const parsed = parsePeriod(given, calendar, frequency)
  if (isPeriodFault(parsed)) throw inputProblem(parsed.code, '/period', parsed.message)
  if (frequency !== 'irregular' && lengths[parsed.grain] > lengths[frequency])
    throw inputProblem('invalid_period', '/period', `${code} is measured every ${frequency}, not every ${parsed.grain}`)
  if (parsed.start > today) throw inputProblem('invalid_period', '/period', `${parsed.label} has not begun`)
  return parsed
}

const refuse = (pointer: string, message: string) => inputProblem('wrong_measurement', pointer, message)

/** Value, or numerator and denominator, as the aggregation takes them. 422 `wrong_measurement` */
export const readNumbers = (
  { value = null, numerator = null, denominator = null }: Pick<MeasurementInput, 'value' | 'numerator' | 'denominator'>,
  { aggregation, code }: Measured,
): Pick<Point, 'value' | 'numerator' | 'denominator'> => {
  if ((numerator === null) !== (denominator === null))
    throw refuse(numerator === null ? '/numerator' : '/denominator', 'numerator and denominator belong together')
  if (numerator === null || denominator === null) {
    if (value === null) throw refuse('/value', 'a value, or numerator and denominator')
    if (aggregation === 'ratio') throw refuse('/numerator', `${code} is a ratio: give numerator and denominator`)
    return { value, numerator, denominator }
  }
  if (value !== null) throw refuse('/value', 'follows from numerator and denominator: leave it out')
  const found = quotient(numerator, denominator)
  if (found.reason === 'out_of_range') throw refuse('/denominator', 'the quotient is out of range')
  return { value: found.value, numerator, denominator }
}

/** A point as it will be stored. Throws 422 with a pointer to the member at fault. */
export const pointOf = (input: MeasurementInput, kpi: Measured, calendar: Calendar, today: string): Point => {
  if (kpi.formula !== null) throw refuse('/kpiId', `${kpi.code} is worked out by its formula`)
  const { label, grain, start, end, spanStart } = readPeriod(input.period, kpi, calendar, today)
  const given = input.dimensions ?? {}
  return {
    id: newId(),
    kpiId: kpi.id,
    key: keyOf(given),
    dimensions: given,
    period: label,
    grain,
    periodStart: start,
    periodEnd: end,
    spanStart,
    ...readNumbers(input, kpi),
    note: input.note ?? null,
    source: input.source ?? 'api',
  }
}
