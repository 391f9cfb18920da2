import { once } from 'node:events'
import { PassThrough, type Readable } from 'node:stream'
import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import type { EdmType } from '../bi/column.ts'
import type { BiTable } from '../bi/table.ts'

type Parquet = { element: object; of: (text: string) => unknown }

const signs: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }
const textOf = (text: string): string =>
  text.includes('\\') ? text.replaceAll(/\\(.)/gs, (_all, sign: string) => signs[sign] ?? sign) : text

const utf8 = { element: { type: 'BYTE_ARRAY', converted_type: 'UTF8' }, of: textOf }

/** Doubles as stored; days since 1970, milliseconds in UTC: how Postgres is asked for them (copyText). */
const types: Record<EdmType, Parquet> = {
  Guid: utf8,
  String: utf8,
  Boolean: { element: { type: 'BOOLEAN' }, of: (text) => text === 't' },
  Double: { element: { type: 'DOUBLE' }, of: Number },
  Int32: { element: { type: 'INT32' }, of: Number },
  Int64: { element: { type: 'INT64' }, of: BigInt },
  Date: { element: { type: 'INT32', converted_type: 'DATE' }, of: Number },
  DateTimeOffset: {
    element: { type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' } },
    of: BigInt,
  },
}

/**
 * Rows in memory at once: one row group. In larger ones values outlive young garbage, and the server grows by 200 MB; so does
 * it by the statistics of columns, which say little of rows in no order.
 */
const rowGroup = 2_500

/** Lines of COPY's text format, a row group at a time, as a list of values for each column. */
const groupsOf = async function* (copied: Readable, parsers: readonly ((text: string) => unknown)[]) {
  const fresh = (): unknown[][] => parsers.map(() => [])
  let group = fresh()
  let rows = 0
  let rest = ''
  for await (const part of copied.setEncoding('utf8') as AsyncIterable<string>) {
    const lines = (rest + part).split('\n')
    rest = lines.pop() as string
    for (const line of lines) {
      const cells = line.split('\t')
      for (const [at, parse] of parsers.entries()) {
        const cell = cells[at] as string
        group[at]?.push(cell === '\\N' ? null : parse(cell))
      }
      if (++rows < rowGroup) continue
      yield group
      group = fresh()
      rows = 0
    }
  }
  if (rows > 0) yield group
}

/** What Postgres copies for it as a Parquet file, written as it comes and no faster than it is taken. */
export const parquetOf = (copied: Readable, table: BiTable): Readable => {
  const columns = Object.entries(table.columns)
  const out = new PassThrough()
  const bytes = new ByteWriter()
  const flush = async (): Promise<void> => {
    const chunk = Buffer.from(bytes.buffer.slice(0, bytes.index))
    bytes.index = 0
    if (chunk.length > 0 && !out.write(chunk)) await once(out, 'drain')
  }
  const schema = [
    { name: 'root', num_children: columns.length },
    ...columns.map(([name, { type }]) => ({
      name,
      repetition_type: name === table.key ? 'REQUIRED' : 'OPTIONAL',
      ...types[type].element,
    })),
  ]
  const write = async () => {
    const writer = new ParquetWriter({
      writer: Object.assign(bytes, { flush, finish: flush }),
      schema: schema as never,
    })
    const parsers = columns.map(([, { type }]) => types[type].of)
    for await (const group of groupsOf(copied, parsers))
      await writer.write({
        columnData: columns.map(([name], at) => ({
          name,
          data: group[at] as never,
          offsetIndex: false,
          statistics: false,
        })),
        rowGroupSize: rowGroup,
      })
    await writer.finish()
    out.end()
  }
  copied.on('error', (error) => out.destroy(error))
  out.on('close', () => copied.destroy())
  write().catch((error: Error) => out.destroy(error))
  return out
}
