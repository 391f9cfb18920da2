import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { base, id, instant } from '../../api/fields.ts'
import { inputsOf, required } from '../../api/inputs.ts'
import { resource } from '../../api/resource.ts'
import { offeredTables } from '../../bi/tables.ts'
import { exportCompressions, exportFormats, exportJobs, exportStatuses } from './export-job.table.ts'

/** Milliseconds a file is kept once it is there, and an export that has not ended. */
export const keptMilliseconds = 24 * 3_600_000

const count = z.int().meta({ format: 'int64' })

export const exportJobSchema = z
  .strictObject({
    ...base,
    table: z
      .enum(offeredTables.map(({ name }) => name))
      .meta({ id: 'ExportTable', description: 'A published table, as `GET /v1/exports` lists them.' }),
    format: z.enum(exportFormats).meta({ id: 'ExportFormat' }),
    compression: z
      .enum(exportCompressions)
      .meta({ id: 'ExportCompression', description: 'Of CSV and NDJSON; Parquet compresses by itself.' }),
    updatedSince: instant.nullable().meta({ description: 'Only rows changed at or after this instant.' }),
    includeDeleted: z.boolean(),
    status: z.enum(exportStatuses).meta({
      id: 'ExportStatus',
      description: '`succeeded`: the file is at `GET /v1/export-jobs/{id}/file`, until `expiresAt`.',
    }),
    rowsWritten: count,
    rowsTotal: count.nullable().meta({ description: 'How many there will be; null until they are counted.' }),
    bytes: count.meta({ description: 'Of the file, as far as it is written.' }),
    startedAt: instant.nullable(),
    finishedAt: instant.nullable(),
    expiresAt: instant.meta({
      description: 'The file is kept for 24 hours; whatever has not ended by then is given up.',
    }),
    syncedThrough: instant.nullable().meta({ description: 'The `updatedSince` of the next export.' }),
    error: z.string().nullable().meta({ description: 'The code of the problem, where it failed.' }),
    createdBy: id.meta({ description: 'The person or API key that asked for it.' }),
  })
  .meta({ id: 'ExportJob', description: 'A published table written to a file in the background.' })

/** What callers may write, and what it is when left out of a create. */
export const exportJobInputs = inputsOf(exportJobSchema, {
  externalId: null,
  table: required,
  format: 'csv',
  compression: 'none',
  updatedSince: null,
  includeDeleted: false,
})

/** Which table an export may be of depends on the scopes of each; so there is none for all of them. */
export const exportJob = resource({
  name: 'ExportJob',
  path: 'export-jobs',
  type: 'export_job',
  schema: exportJobSchema,
  table: exportJobs,
  scopes: { read: null, write: null },
  // A file holds what its maker saw. Who has since lost sight of restricted goals has lost it, too.
  visible: (sight) => {
    if (sight === 'everything') return undefined
    const own = sql`export_jobs.created_by = ${sql.placeholder('actorId')}`
    return sight === 'shared' ? own : sql`${own} and export_jobs.only_open`
  },
  events: {
    finished: {
      summary: 'One ExportJob ended, with a file or without',
      changes: { status: z.enum(exportStatuses) },
    },
  },
  filters: ['externalId', 'status', 'table', 'createdBy'],
})
