import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { PassThrough, type Readable } from 'node:stream'
import { ByteWriter, parquetWriteRows } from 'hyparquet-writer'
import type { Column, EdmType } from '../bi/column.ts'
import type { BiTable } from '../bi/table.ts'

type Parquet = {
  type: 'UUID' | 'STRING' | 'BOOLEAN' | 'DOUBLE' | 'INT32' | 'INT64'
  element: object
  of: (value: never) => unknown
}

/** Doubles as stored; days since 1970, milliseconds in UTC. */
const types: Record<EdmType, Parquet> = {
  Guid: { type: 'STRING', element: { type: 'BYTE_ARRAY', converted_type: 'UTF8' }, of: (value) => value },
  String: { type: 'STRING', element: { type: 'BYTE_ARRAY', converted_type: 'UTF8' }, of: (value) => value },
  Boolean: { type: 'BOOLEAN', element: { type: 'BOOLEAN' }, of: (value) => value },
  Double: { type: 'DOUBLE', element: { type: 'DOUBLE' }, of: (value) => value },
  Int32: { type: 'INT32', element: { type: 'INT32' }, of: (value) => value },
  Int64: { type: 'INT64', element: { type: 'INT64' }, of: (value) => BigInt(value) },
  Date: {
    type: 'INT32',
    element: { type: 'INT32', converted_type: 'DATE' },
    of: (value) => new Date(value),
  },
  DateTimeOffset: {
    type: 'INT64',
    element: {
      type: 'INT64',
      logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
    },
    of: (value) => new Date(value),
  },
}

const rowsOf = async function* (lines: Readable, columns: [string, Column][]) {
  for await (const line of createInterface({ input: lines, crlfDelay: Infinity })) {
    const row = JSON.parse(line) as Record<string, unknown>
    for (const [name, { type }] of columns) {
      const value = row[name]
      if (value !== null) row[name] = types[type].of(value as never)
    }
    yield row
  }
}

/** Rows in memory at once: one row group. */
const rowGroup = 20_000

/** Lines of JSON as a Parquet file, written as they come and no faster than they are taken. */
export const parquetOf = (lines: Readable, table: BiTable): Readable => {
  const columns = Object.entries(table.columns)
  const out = new PassThrough()
  const writer = new ByteWriter()
  const flush = async (): Promise<void> => {
    const chunk = Buffer.from(writer.buffer.slice(0, writer.index))
    writer.index = 0
    if (chunk.length > 0 && !out.write(chunk)) await once(out, 'drain')
  }
  const sink = Object.assign(writer, { flush, finish: flush })
  const schema = [
    { name: 'root', num_children: columns.length },
    ...columns.map(([name, { type }]) => ({
      name,
      repetition_type: name === table.key ? 'REQUIRED' : 'OPTIONAL',
      ...types[type].element,
    })),
  ]
  const write = async () => {
    await parquetWriteRows({
      writer: sink,
      rows: rowsOf(lines, columns),
      columns: columns.map(([name, { type }]) => ({ name, type: types[type].type, nullable: name !== table.key })),
      schema: schema as never,
      rowGroupSize: rowGroup,
    })
    out.end()
  }
  lines.on('error', (error) => out.destroy(error))
  out.on('close', () => lines.destroy())
  write().catch((error: Error) => out.destroy(error))
  return out
}
