import { z } from 'zod'
import { type Fault, Problem } from '../../api/problem.ts'

const column = z.string().trim().min(1).max(200)

/** Which columns of a file, or members of a line of NDJSON, hold what. */
export const mappingInput = {
  kpi: z.string().trim().min(1).max(100).optional().meta({ description: 'The code of the one KPI all rows are of.' }),
  kpiColumn: column.default('kpiCode').meta({ description: 'Holds the code of the KPI, where `kpi` is not given.' }),
  periodColumn: column.default('period'),
  valueColumn: column.default('value'),
  numeratorColumn: column.default('numerator'),
  denominatorColumn: column.default('denominator'),
  noteColumn: column.default('note'),
  unitColumn: column
    .optional()
    .meta({ description: 'Holds the unit: a row of another unit than the KPI’s is refused.' }),
  dimensions: z
    .array(column)
    .max(10)
    .optional()
    .meta({ description: 'Columns that say what a value is of; a blank cell leaves the dimension out.' }),
}

const mappingSchema = z.object(mappingInput)
export type Mapping = z.output<typeof mappingSchema>

/** Where a row has what; -1 where the file has no such column. */
export type Columns = {
  count: number
  kpi: number
  period: number
  value: number
  numerator: number
  denominator: number
  note: number
  unit: number
  dimensions: { name: string; at: number }[]
}

const mostColumns = 1_000
/** As members of NDJSON nest, `{"dimensions": {"region": …}}`, so a column may be named `dimensions.region`. */
const prefix = 'dimensions.'

/**
 * Finds the columns by the header of a file. Columns nobody named are passed over.
 * @throws Problem 422 for a column that is named and missing, is there twice, or for what is no header
 */
export const columnsOf = (header: readonly string[], mapping: Mapping): Columns => {
  const names = header.map((cell) => cell.trim())
  if (names.length > mostColumns)
    throw unfit([{ pointer: '/lines/1', code: 'too_many_columns', message: `More than ${mostColumns} columns` }])
  const faults: Fault[] = []
  const fault = (parameter: string, code: string, message: string) =>
    void faults.push({ pointer: `/${parameter}`, code, message })
  const find = (parameter: string, name: string | undefined, isNeeded: boolean): number => {
    if (name === undefined) return -1
    const at = names.indexOf(name)
    if (at === -1 && isNeeded) fault(parameter, 'column_not_found', `The file has no column ${name}`)
    if (at !== -1 && names.includes(name, at + 1))
      fault(parameter, 'duplicate_column', `The column ${name} is there twice`)
    return at
  }
  const named = mapping.dimensions ?? [
    ...new Set(names.filter((name) => name.startsWith(prefix) && name.length > prefix.length)),
  ]
  const columns: Columns = {
    count: names.length,
    kpi: mapping.kpi === undefined ? find('kpiColumn', mapping.kpiColumn, true) : -1,
    period: find('periodColumn', mapping.periodColumn, true),
    value: find('valueColumn', mapping.valueColumn, false),
    numerator: find('numeratorColumn', mapping.numeratorColumn, false),
    denominator: find('denominatorColumn', mapping.denominatorColumn, false),
    note: find('noteColumn', mapping.noteColumn, false),
    unit: find('unitColumn', mapping.unitColumn, true),
    dimensions: named.map((name) => ({
      name: mapping.dimensions ? name : name.slice(prefix.length),
      at: find('dimensions', name, true),
    })),
  }
  // As in JSON (json.ts): an object would lose it without a word.
  if (columns.dimensions.some(({ name }) => name === '__proto__'))
    fault('dimensions', 'forbidden_member', 'The name __proto__ is not accepted')
  if (columns.value === -1 && (columns.numerator === -1 || columns.denominator === -1))
    fault('valueColumn', 'column_not_found', `The file has no column ${mapping.valueColumn}`)
  if (faults.length > 0) throw unfit(faults, `; it has ${names.slice(0, 20).join(', ').slice(0, 500) || 'none'}`)
  return columns
}

const unfit = (errors: Fault[], more = ''): Problem =>
  new Problem('invalid_input', `${errors.map(({ message }) => message).join('; ')}${more}`, { errors })
