import { canonicalInstant } from '../../api/fields.ts'
import type { Context } from '../../api/operation.ts'
import { inputProblem, Problem } from '../../api/problem.ts'
import { reads } from '../../api/reads.ts'
import type { Row } from '../../api/store.ts'
import { type Change, type Creatable, writes } from '../../api/writes.ts'
import { anyone } from '../../auth/rules.ts'
import { sightOf } from '../../auth/sight.ts'
import { mayRead } from '../../bi/table.ts'
import { biTable } from '../../bi/tables.ts'
import { bytesKept, countKept, endDeleted, takeTurn } from './export-job.queries.ts'
import { exportJob, exportJobInputs, keptMilliseconds } from './export-job.resource.ts'
import type { exportJobs } from './export-job.table.ts'
import { exportTablesOperation } from './export-job.tables.ts'

type Job = typeof exportJobs.$inferSelect

/** So that nobody can fill the database with files. */
const keptAtMost = 50

const rowOf = ({ updatedSince }: Row, before: Job | null, { actor, now }: Context): Row =>
  before
    ? {}
    : {
        ...(typeof updatedSince === 'string' ? { updatedSince: canonicalInstant(updatedSince) } : {}),
        status: 'queued',
        attempt: 0,
        rowsWritten: 0,
        bytes: 0,
        expiresAt: new Date(Date.parse(now) + keptMilliseconds).toISOString(),
        createdBy: actor.id,
        onlyOpen: sightOf(actor) === 'own',
      }

/** @throws Problem 403 for a table out of scope, 422 for Parquet in gzip, 409 `export_storage_full` when too much is kept */
const judge = async (ctx: Context, { before, after }: Change<Job>): Promise<void> => {
  if (before) return
  await takeTurn(ctx)
  const table = biTable(after.table)
  if (!table || !mayRead(ctx.actor, table))
    throw new Problem('insufficient_scope', `The credential lacks the scope ${table?.scope ?? 'admin'}`)
  if (after.format === 'parquet' && after.compression !== 'none')
    throw inputProblem('invalid_input', '/compression', 'Parquet compresses by itself')
  if ((await countKept(ctx)) >= keptAtMost)
    throw new Problem('export_storage_full', `An organization keeps at most ${keptAtMost} exports; delete some`)
  if ((await bytesKept({ db: ctx.db, tenantId: ctx.actor.tenantId })) >= ctx.exportBytes)
    throw new Problem('export_storage_full', 'Delete some exports: their room is free within the hour')
}

const exportJobWrites: Creatable<Job> = {
  resource: exportJob,
  create: { input: exportJobInputs.create, allow: anyone },
  update: { input: exportJobInputs.update, allow: anyone },
  delete: { allow: anyone },
  toRow: rowOf,
  judge,
  settle: async (ctx, changes) => {
    const deleted = changes.flatMap(({ after }) => (after.deletedAt === null ? [] : [after.id]))
    if (deleted.length > 0) endDeleted(ctx, deleted)
    for (const { created, after } of changes) if (created) await ctx.enqueue('exports', after.id)
  },
  bulk: false,
}

/** Deleting one that has not ended ends it. There is nothing to change in one: another is made instead. */
export const exportJobOperations = [
  exportTablesOperation,
  ...reads(exportJob),
  ...writes(exportJobWrites).filter(({ name }) => name !== 'updateExportJob'),
]
