import { text as noteText, quantity } from '../../api/fields.ts'
import { Problem } from '../../api/problem.ts'
import type { ParsedPeriod } from '../../scoring/index.ts'
import { readNumbers, readPeriod } from '../measurements/measurement.input.ts'
import { dimensions as dimensionsSchema } from '../measurements/measurement.resource.ts'
import { keyOf } from '../measurements/measurement.write.ts'
import { PointFault } from './import.fault.ts'
import type { ImportKpi, ImportKpis } from './import.kpis.ts'
import { isNumberFault, numberFrom } from './import.number.ts'

/** A row as the file has it: text, or numbers where it is NDJSON. */
export type RawPoint = {
  kpi: string | null
  period: string | null
  value: string | number | null
  numerator: string | number | null
  denominator: string | number | null
  note: string | null
  unit: string | null
  /** Names and values; blanks are left out. */
  dimensions: [string, string][]
}

/** What a row says: one point of one series, found by the canonical text of its dimensions. */
export type ImportedPoint = {
  kpi: ImportKpi
  key: string
  period: ParsedPeriod
  value: number | null
  numerator: number | null
  denominator: number | null
  note: string | null
}

/** Texts remembered at once: files repeat their periods and dimensions from row to row. */
const rememberedAtMost = 20_000

/** Remembers what `work` made of a text; of what is refused nothing is kept, for it may be of any length. */
const memory = <T extends object | string>() => {
  const known = new Map<string, T>()
  return (text: string, work: () => T | PointFault): T | PointFault => {
    const found = known.get(text)
    if (found !== undefined) return found
    const made = work()
    if (made instanceof PointFault) return made
    if (known.size >= rememberedAtMost) known.clear()
    known.set(text, made)
    return made
  }
}

/** Judges rows against the KPIs they are of, by the same rules as a single measurement. */
export const pointReader = ({ kpis, calendar, today }: ImportKpis) => {
  // One for all KPIs, or memory would grow with their number: what a period is depends on the frequency alone.
  const periods = memory<ParsedPeriod>()
  const periodFrom = (text: string, kpi: ImportKpi): ParsedPeriod | PointFault =>
    periods(`${kpi.frequency} ${text}`, () => judged(() => readPeriod(text, kpi, calendar, today)))
  const keys = memory<string>()
  const keyFrom = (text: string): string | PointFault => keys(text, () => dimensionsKey(text))

  return (raw: RawPoint): ImportedPoint | PointFault => {
    const code = raw.kpi?.trim() ?? ''
    const kpi = kpis.get(code)
    if (!kpi) return new PointFault('kpi', 'unknown_kpi', code ? `No KPI has the code ${code.slice(0, 100)}` : 'No KPI')
    if (kpi.fault) return kpi.fault
    const period = raw.period?.trim()
      ? periodFrom(raw.period.trim(), kpi)
      : new PointFault('period', 'no_period', 'No period')
    if (period instanceof PointFault) return period
    const unit = raw.unit?.trim()
    if (unit && kpi.unit !== null && unit !== kpi.unit)
      return new PointFault('unit', 'other_unit', `The KPI is measured in ${kpi.unit}`)
    const numbers = numbersFrom(raw, kpi)
    if (numbers instanceof PointFault) return numbers
    const note = noteFrom(raw.note)
    if (note instanceof PointFault) return note
    const key = raw.dimensions.length === 0 ? '{}' : keyFrom(JSON.stringify(raw.dimensions))
    return key instanceof PointFault ? key : { kpi, key, period, ...numbers, note }
  }
}

/** What `work` answers, or the fault it throws. */
const judged = <T>(work: () => T): T | PointFault => {
  try {
    return work()
  } catch (error) {
    const fault = error instanceof Problem && error.errors[0]
    if (!fault) throw error
    return new PointFault(fault.pointer.slice(1), fault.code, fault.message)
  }
}

const numbersFrom = (raw: RawPoint, kpi: ImportKpi) => {
  const numbers = { value: null, numerator: null, denominator: null } as Record<
    'value' | 'numerator' | 'denominator',
    number | null
  >
  for (const member of ['value', 'numerator', 'denominator'] as const) {
    const number = numberFrom(raw[member])
    if (isNumberFault(number)) return new PointFault(member, number.code, number.message)
    if (number !== null && !quantity.safeParse(number).success)
      return new PointFault(member, 'out_of_range', 'Numbers go from -10^15 to 10^15')
    numbers[member] = number
  }
  return judged(() => readNumbers(numbers, kpi))
}

/** Spreadsheets run cells that begin so. A number may begin with its sign. */
const isFormula = (text: string): boolean => /^[=+\-@\t\r]/.test(text) && isNumberFault(numberFrom(text))
const formulaFault = (member: string) =>
  new PointFault(member, 'formula_cell', 'A spreadsheet would run it: begin with a letter, a digit or a quote')

const noteFrom = (given: string | null): string | null | PointFault => {
  const note = given?.trim()
  if (!note) return null
  if (isFormula(note)) return formulaFault('note')
  return noteText.safeParse(note).success ? note : new PointFault('note', 'too_long', 'The note is too long')
}

const dimensionsKey = (text: string): string | PointFault => {
  const given = JSON.parse(text) as RawPoint['dimensions']
  const formula = given.find(([, member]) => isFormula(member))
  if (formula) return formulaFault(`dimensions.${formula[0]}`)
  const parsed = dimensionsSchema.safeParse(Object.fromEntries(given))
  if (parsed.success) return keyOf(parsed.data)
  const [issue] = parsed.error.issues
  const member = issue?.path[0] === undefined ? '' : `.${String(issue.path[0])}`
  return new PointFault(`dimensions${member}`, 'invalid_dimension', issue?.message ?? 'Not a dimension')
}
