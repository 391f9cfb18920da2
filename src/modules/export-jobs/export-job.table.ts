import {
  bigint,
  boolean,
  check,
  customType,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  uuid,
} from 'drizzle-orm/pg-core'
import { instant, oneOf, reference, resourceTable } from '../../db/columns.ts'

export const exportFormats = ['csv', 'ndjson', 'parquet'] as const
export const exportCompressions = ['none', 'gzip'] as const
export const exportStatuses = ['queued', 'running', 'succeeded', 'failed', 'cancelled', 'expired'] as const

/** An export made in the background, and what is known of its file. */
export const exportJobs = resourceTable(
  'export_jobs',
  {
    table: text('table_name').notNull(),
    format: text('format', { enum: exportFormats }).notNull(),
    compression: text('compression', { enum: exportCompressions }).notNull(),
    updatedSince: instant('updated_since'),
    includeDeleted: boolean('include_deleted').notNull(),
    status: text('status', { enum: exportStatuses }).notNull(),
    /** Counts what was ever begun; the fence: only the latest attempt may write the file. */
    attempt: integer('attempt').notNull().default(0),
    rowsWritten: bigint('rows_written', { mode: 'number' }).notNull().default(0),
    rowsTotal: bigint('rows_total', { mode: 'number' }),
    bytes: bigint('bytes', { mode: 'number' }).notNull().default(0),
    startedAt: instant('started_at'),
    finishedAt: instant('finished_at'),
    expiresAt: instant('expires_at').notNull(),
    syncedThrough: instant('synced_through'),
    error: text('error'),
    createdBy: uuid('created_by').notNull(),
    /** Whether who asked saw only what everybody in the organization may see. */
    onlyOpen: boolean('only_open').notNull(),
  },
  (t) => [
    check('export_jobs_format', oneOf(t.format, exportFormats)),
    check('export_jobs_compression', oneOf(t.compression, exportCompressions)),
    check('export_jobs_status', oneOf(t.status, exportStatuses)),
    index('export_jobs_expires_at').on(t.tenantId, t.expiresAt),
  ],
)

const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' })

/** The file of an export: pieces of 1 MiB, counted from 0, the last one shorter. */
export const exportChunks = pgTable(
  'export_chunks',
  {
    tenantId: uuid('tenant_id').notNull(),
    jobId: uuid('job_id').notNull(),
    number: integer('number').notNull(),
    bytes: bytea('bytes').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.jobId, t.number] }),
    reference(t.tenantId, t.jobId, () => exportJobs, 'export_chunks_job'),
  ],
)
