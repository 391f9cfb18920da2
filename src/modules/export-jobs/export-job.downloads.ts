import { z } from 'zod'
import type { Download } from '../../api/download.ts'
import { id, instant } from '../../api/fields.ts'
import { problemSchema } from '../../api/problem.ts'
import { exportJobSchema } from './export-job.resource.ts'
import type { exportFormats } from './export-job.table.ts'

/** What a file of each format is sent as. */
export const mediaTypes: Record<(typeof exportFormats)[number], string> = {
  csv: 'text/csv; charset=utf-8; header=present',
  ndjson: 'application/x-ndjson; charset=utf-8',
  parquet: 'application/vnd.apache.parquet',
}

/** By media type: what has a charset is text, and of bytes nothing is said. */
const files = Object.fromEntries(
  Object.values(mediaTypes).map((type) => [
    type.split(';')[0] as string,
    type.includes('charset') ? { schema: { type: 'string' as const } } : {},
  ]),
)

const said = (description: string) => z.string().meta({ description })
const refused = (description: string, headers?: z.ZodObject) => ({
  description,
  content: { 'application/problem+json': { schema: problemSchema } },
  ...(headers ? { headers } : {}),
})
const name = said('The name to save it under.')

/** `GET /v1/exports/{table}`: a published table as it is now (src/exports/plugin.ts). */
export const exportTable = {
  name: 'exportTable',
  summary: 'Stream a published table as a file, whole or in parts',
  description:
    'Any valid credential that has the scope of the table, as Bearer or as Basic; a table out of scope is not found. ' +
    'With `limit` in parts, in the order rows changed: `Next-Cursor` leads on, and the last part has `Synced-Through`.',
  rest: 'GET /exports/:table',
  tag: 'ExportJob',
  input: z.strictObject({
    table: exportJobSchema.shape.table,
    format: exportJobSchema.shape.format.default('csv'),
    updatedSince: instant.optional().meta({ description: 'Only rows changed at or after this instant.' }),
    includeDeleted: z.boolean().default(false).meta({ description: 'With tombstones, told by `deleted_at`.' }),
    limit: z.int().min(1).max(1_000_000).optional().meta({ description: 'The most rows of one part; all by default.' }),
    cursor: z.string().max(500).optional().meta({ description: 'Of `Next-Cursor`.' }),
  }),
  headers: z.object({
    'Accept-Encoding': said('With `gzip` CSV and NDJSON come compressed.').optional(),
  }),
  responses: {
    200: {
      description: 'The rows',
      headers: z.object({
        'Content-Disposition': name,
        'Content-Encoding': said('`gzip`, where it was accepted.').optional(),
        'Next-Cursor': said('Where there is another part: its `cursor`.').optional(),
        Link: said('The address of the next part, `rel="next"`.').optional(),
        'Synced-Through': said('On the last part: the `updatedSince` of the next time.').optional(),
      }),
      content: files,
    },
    404: refused('There is no such table for this credential'),
  },
} as const satisfies Download

const described = {
  ETag: said('Of the file; it never changes.'),
  'Accept-Ranges': z.literal('bytes'),
  'Cache-Control': z.string(),
  'Content-Disposition': name,
  'Content-Length': z.int().min(0),
}

/** `GET` and `HEAD /v1/export-jobs/{id}/file` (src/exports/file.ts). */
export const exportFile = {
  name: 'exportFile',
  summary: 'Fetch the file of an export job, whole or one range of it',
  description:
    'Any valid credential that may see the job and has the scope of its table, as Bearer or as Basic. One range of bytes is ' +
    'answered with 206, several with the whole.',
  rest: 'GET /export-jobs/:id/file',
  tag: 'ExportJob',
  hasHead: true,
  input: z.strictObject({ id }),
  headers: z.object({
    Range: said('`bytes=0-99`, `bytes=100-`, `bytes=-100`.').optional(),
    'If-Range': said('The ETag of what is known of the file: of another one all is sent.').optional(),
    'If-None-Match': said('ETags that are known.').optional(),
  }),
  responses: {
    200: {
      description: 'The whole file',
      headers: z.object(described),
      content: { ...files, 'application/gzip': {} },
    },
    206: {
      description: 'The range',
      headers: z.object({ ...described, 'Content-Range': said('`bytes 0-99/1234`.') }),
      content: { ...files, 'application/gzip': {} },
    },
    304: { description: 'The file is known' },
    404: refused('There is no such export for this credential'),
    409: refused('`export_not_ready`'),
    410: refused('`export_expired`, `export_failed`'),
    416: refused('`range_not_satisfiable`', z.object({ 'Content-Range': said('`bytes */1234`.') })),
  },
} as const satisfies Download
