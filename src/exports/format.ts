import { pipeline, type Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import type { BiTable } from '../bi/table.ts'
import { parquetOf } from './export.parquet.ts'
import type { Copied } from './export.query.ts'

export type Format = 'csv' | 'ndjson' | 'parquet'

export const copiedAs = (format: Format): Copied => (format === 'parquet' ? 'text' : format)

/** What Postgres sent, in the format that was asked for. */
export const formatted = (copied: Readable, table: BiTable, format: Format): Readable =>
  format === 'parquet' ? parquetOf(copied, table) : copied

export const zipped = (body: Readable): Readable => pipeline(body, createGzip({ level: 3 }), () => {})
