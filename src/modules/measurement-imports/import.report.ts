import { z } from 'zod'
import { Problem } from '../../api/problem.ts'

/** One reason why a row was not taken. `column` is as the file names it; null where it is the row as a whole. */
export type Refusal = { line: number; column: string | null; code: string; message: string }

/** So many refused rows are told one by one; all are counted. */
export const mostTold = 1_000

const refusal = z
  .strictObject({
    line: z.int().meta({ description: 'Of the file, counted from 1, the header included.' }),
    column: z.string().nullable(),
    code: z.string(),
    message: z.string(),
  })
  .meta({ id: 'ImportRefusal' })

export const reportSchema = z
  .strictObject({
    rows: z.int().meta({ description: 'Rows of the file, without its header.' }),
    created: z.int().meta({ description: 'Points that were not there before.' }),
    corrected: z.int().meta({ description: 'Points that had another value; the old one stays readable.' }),
    noted: z.int().meta({ description: 'Points whose value was known, and which have another note now.' }),
    unchanged: z.int().meta({ description: 'Rows that say what is known already.' }),
    refused: z.int(),
    kpis: z.int().meta({ description: 'KPIs that have new values.' }),
    refusals: z.array(refusal).meta({ description: `By line; the first ${mostTold}.` }),
    refusalsByCode: z.record(z.string(), z.int()).meta({ description: 'How many rows were refused for which reason.' }),
  })
  .meta({ id: 'ImportReport', description: 'What became of each row of an import.' })

export type Report = z.output<typeof reportSchema>

/** Counts refused rows and remembers the first of them, whatever the size of the file. */
export type Refusals = {
  add: (refusal: Refusal) => void
  /** Counts more of a code, which nobody is told of one by one. */
  addUntold: (code: string, more: number) => void
  readonly count: number
  readonly told: Refusal[]
  readonly byCode: Record<string, number>
}

export const countRefusals = (known?: Refusals): Refusals => {
  const told = [...(known?.told ?? [])]
  const byCode = new Map(Object.entries(known?.byCode ?? {}))
  let count = known?.count ?? 0
  const addUntold = (code: string, more: number): void => {
    if (more === 0) return
    count += more
    byCode.set(code, (byCode.get(code) ?? 0) + more)
  }
  return {
    add: (one) => {
      addUntold(one.code, 1)
      if (told.length < mostTold) told.push(one)
    },
    addUntold,
    get count() {
      return count
    },
    get told() {
      return told.toSorted((a, b) => a.line - b.line)
    },
    get byCode() {
      return Object.fromEntries([...byCode].toSorted(([a], [b]) => (a < b ? -1 : 1)))
    },
  }
}

/** An atomic import with refused rows: which they are, as faults of lines. */
export const refusedWhole = (rows: number, { count, told }: Refusals): Problem =>
  new Problem('import_refused', `${count} of ${rows} rows are refused, so none was written`, {
    errors: told.map(({ line, column, code, message }) => ({
      pointer: `/lines/${line}${column === null ? '' : `/${column.replaceAll('~', '~0').replaceAll('/', '~1')}`}`,
      code,
      message,
    })),
  })

/** What makes reading on impossible, and where. */
export const unreadable = (line: number, code: string, message: string): Problem =>
  new Problem('unreadable_file', `Line ${line}: ${message}`, { errors: [{ pointer: `/lines/${line}`, code, message }] })
