import type { TransformOptions } from 'node:stream'
import { CsvError, type Options, parse } from 'csv-parse'
import { type Columns, columnsOf, type Mapping } from './import.mapping.ts'
import type { RawPoint } from './import.point.ts'
import { unreadable } from './import.report.ts'

/** Bytes of one record. What is longer has lost its line breaks, or a closing quote. */
export const longestRecord = 64 * 1024

export const delimiters = { comma: ',', semicolon: ';', tab: '\t' } as const
export type Delimiter = keyof typeof delimiters

export type Row = { line: number; point: RawPoint } | { line: number; cells: number }

/**
 * Reads CSV (RFC 4180) into rows: the first record is the header, blank lines are passed over. Answers what `take` makes
 * of a row wherever it makes something; a row with another number of cells than the header comes as that number.
 * @throws Problem 422 `unreadable_file` for text that is no CSV
 */
export const readCsv = (delimiter: Delimiter, mapping: Mapping, take: (row: Row) => string | null) => {
  let columns: Columns | undefined
  const options: Options<string[], string[]> & TransformOptions = {
    bom: true,
    delimiter: delimiters[delimiter],
    // Files put together from several have several.
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: longestRecord,
    // Each object that comes out is a portion of about a megabyte.
    readableHighWaterMark: 1,
    on_record: (cells: string[], { lines }: { lines: number }): [string] | null => {
      if (!columns) {
        columns = columnsOf(cells, mapping)
        return null
      }
      const portion = take(
        cells.length === columns.count
          ? { line: lines, point: pointFrom(cells, columns, mapping) }
          : { line: lines, cells: cells.length },
      )
      return portion === null ? null : [portion]
    },
  }
  return {
    parser: parse(options),
    /** Says what a failure of the parser means. */
    explain: (error: unknown): unknown => {
      if (!(error instanceof CsvError)) return error
      const line = Number(error['lines'] ?? 1)
      return error.code === 'CSV_MAX_RECORD_SIZE'
        ? unreadable(line, 'record_too_long', `A record of more than ${longestRecord / 1024} kB: is a quote left open?`)
        : unreadable(line, 'not_csv', error.message.slice(0, 300))
    },
    hasHeader: () => columns !== undefined,
  }
}

const cellAt = (cells: readonly string[], at: number): string | null => (at === -1 ? null : (cells[at] ?? null))

const pointFrom = (cells: readonly string[], columns: Columns, { kpi }: Mapping): RawPoint => {
  const dimensions: [string, string][] = []
  for (const { name, at } of columns.dimensions) {
    const value = cells[at]?.trim()
    if (value) dimensions.push([name, value])
  }
  return {
    kpi: kpi ?? cellAt(cells, columns.kpi),
    period: cellAt(cells, columns.period),
    value: cellAt(cells, columns.value),
    numerator: cellAt(cells, columns.numerator),
    denominator: cellAt(cells, columns.denominator),
    note: cellAt(cells, columns.note),
    unit: cellAt(cells, columns.unit),
    dimensions,
  }
}
