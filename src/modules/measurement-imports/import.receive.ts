import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Intake, Received, Sent } from '../../api/operation.ts'
import { Problem } from '../../api/problem.ts'
import { mostBytes, textBytes, tooLarge } from './import.bytes.ts'
import { type Delimiter, type Row, readCsv } from './import.csv.ts'
import { PointFault } from './import.fault.ts'
import { loadImportKpis } from './import.kpis.ts'
import type { Mapping } from './import.mapping.ts'
import { type BadLine, readNdjson } from './import.ndjson.ts'
import { pointReader } from './import.point.ts'
import { countRefusals, type Refusals, unreadable } from './import.report.ts'
import { openStaging } from './import.staging.ts'

/** An import that waits to be written. */
export type ReceivedImport = Received & {
  importId: string
  /** Rows of the file; what is not refused lies in the staging table. */
  rows: number
  refusals: Refusals
}

export const csv = 'text/csv'
export const ndjson = 'application/x-ndjson'

/**
 * Takes in a file of measurements: judges each row as it comes and lays the good ones into the staging table, in memory
 * that does not grow with the file.
 * @throws Problem 413 for more text than an import holds, 422 for a mapping that does not fit, an unknown KPI, and `unreadable_file`
 */
export const receiveImport = async (
  { bulk, tenantId, read }: Intake,
  input: Mapping & { delimiter: Delimiter; input: Sent },
): Promise<ReceivedImport> => {
  if ((input.input.length ?? 0) > mostBytes) throw tooLarge()
  const known = await read((ctx) => loadImportKpis(ctx, input.kpi))
  if (input.kpi !== undefined && known.kpis.size === 0)
    throw new Problem('reference_not_found', `No KPI has the code ${input.kpi}`, {
      errors: [{ pointer: '/kpi', code: 'reference_not_found', message: 'No KPI has this code' }],
    })
  const only = input.kpi === undefined ? undefined : known.kpis.get(input.kpi)
  if (only?.fault?.code === 'forbidden') throw new Problem('forbidden', only.fault.message)
  const staging = openStaging(bulk, tenantId)
  const refusals = countRefusals()
  const digest = createHash('sha256')
  const judge = pointReader(known)
  let rows = 0

  const take = (row: Row | BadLine): string | null => {
    rows++
    const { line } = row
    if ('cells' in row)
      refusals.add({
        line,
        column: null,
        code: 'wrong_number_of_cells',
        message: `${row.cells} cells; the header has another number`,
      })
    else if ('code' in row) refusals.add({ column: null, ...row })
    else {
      const point = judge(row.point)
      if (!(point instanceof PointFault)) return staging.add(line, point)
      const { member, code, message } = point
      refusals.add({ line, column: columnOf(input, member), code, message })
    }
    return null
  }

  try {
    const bytes = textBytes(input.input.stream, digest)
    if (input.input.mediaType === ndjson) await staging.copy(readNdjson(textOf(bytes), input, take))
    else await copyCsv(bytes, input, take, staging.copy)
  } catch (error) {
    // What is left behind goes with a later import; why this one is refused is what the sender must hear.
    await staging.clear().catch(() => {})
    throw explain(error)
  }
  const name = digest.digest('hex')
  return { importId: staging.importId, rows, refusals, toJSON: () => name, dispose: staging.clear }
}

const copyCsv = async (
  bytes: AsyncIterable<Buffer>,
  input: Mapping & { delimiter: Delimiter },
  take: (row: Row) => string | null,
  copy: (portions: AsyncIterable<string>) => Promise<void>,
): Promise<void> => {
  const reader = readCsv(input.delimiter, input, take)
  try {
    await pipeline(Readable.from(bytes), reader.parser, (portions: AsyncIterable<[string]>) => copy(textsOf(portions)))
  } catch (error) {
    throw reader.explain(error)
  }
  if (!reader.hasHeader()) throw unreadable(1, 'empty', 'The file is empty: its first line names the columns')
}

async function* textsOf(portions: AsyncIterable<[string]>): AsyncGenerator<string> {
  for await (const [portion] of portions) yield portion
}

async function* textOf(bytes: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  for await (const chunk of bytes) yield decoder.decode(chunk, { stream: true })
  yield decoder.decode()
}

const columns: Record<string, (mapping: Mapping) => string | undefined> = {
  kpi: ({ kpi, kpiColumn }) => (kpi === undefined ? kpiColumn : undefined),
  period: ({ periodColumn }) => periodColumn,
  value: ({ valueColumn }) => valueColumn,
  numerator: ({ numeratorColumn }) => numeratorColumn,
  denominator: ({ denominatorColumn }) => denominatorColumn,
  note: ({ noteColumn }) => noteColumn,
  unit: ({ unitColumn }) => unitColumn,
}

/** The name the file has for a member of a row. */
const columnOf = (mapping: Mapping, member: string | null): string | null => {
  if (member === null) return null
  const column = columns[member]
  if (column) return column(mapping) ?? null
  return mapping.dimensions ? member.replace(/^dimensions\./, '') : member
}

/** A body that breaks off or is no gzip is the sender's fault. */
const explain = (error: unknown): unknown => {
  const { code } = error as { code?: unknown }
  if (typeof code !== 'string' || error instanceof Problem) return error
  if (/^(Z_|ERR_Z)/.test(code)) return unreadable(1, 'not_gzip', 'The body is no whole gzip')
  return /^(ECONNRESET|ERR_STREAM_PREMATURE_CLOSE)$/.test(code)
    ? new Problem('malformed_request', 'The body broke off')
    : error
}
