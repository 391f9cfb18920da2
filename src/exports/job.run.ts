import type { FastifyBaseLogger } from 'fastify'
import type { Pool } from 'pg'
import type { Clock } from '../api/clock.ts'
import { Problem } from '../api/problem.ts'
import type { Work } from '../api/queue.ts'
import { wholeUntil } from '../api/sync.ts'
import { toProblem } from '../api/to-problem.ts'
import type { BiTable } from '../bi/table.ts'
import { biTable } from '../bi/tables.ts'
import { type Database, openTransaction } from '../db/transaction.ts'
import { bytesKept } from '../modules/export-jobs/export-job.queries.ts'
import { keptMilliseconds } from '../modules/export-jobs/export-job.resource.ts'
import type { Asked } from './export.query.ts'
import { openPart } from './export.stream.ts'
import { counted, piecesOf } from './file.pieces.ts'
import { copiedAs, formatted, zipped } from './format.ts'
import { addPiece, dropPieces, type ExportJob, endJob, piecesAtOnce, takeJob } from './job.queries.ts'

export type RunOptions = {
  pool: Pool
  /** Connections that speak COPY. */
  streams: Pool
  /** Bytes of files the organization may keep. */
  mostBytes: number
  clock: Clock
  log: FastifyBaseLogger
  /** Ends the run; another node begins it again. */
  signal: AbortSignal
}

/** So often is an export begun, before it has failed. */
export const attempts = 5
const longest = '3600s'

/** Another attempt has the job, or it was deleted. */
class Taken extends Error {}

/**
 * Writes one export to its file, in constant memory, piece by piece: each in a transaction of its own that also says how
 * far it is. May be begun again at any point, by any node; only the latest attempt writes. Throws what another attempt may
 * mend; what fails for good is told by the job.
 */
export const runExport = async (options: RunOptions, work: Work): Promise<void> => {
  const { clock, log } = options
  const { tenantId } = work
  const now = () => clock().toISOString()
  const within = inTransaction(options.pool, tenantId)
  const job = await within((db) => takeJob(db, work, now()))
  if (!job) return
  const began = clock().getTime()
  const end = (rows: number, openSince: number | null, error: string | null) => {
    const syncedThrough = wholeUntil(began, openSince)
    const expiresAt = new Date(clock().getTime() + keptMilliseconds).toISOString()
    return within((db) => endJob(db, { tenantId, job, now: now() }, { error, rows, syncedThrough, expiresAt }))
  }
  if (!job.isWanted) return void (await end(0, null, 'unauthenticated'))
  const empty = () => emptyFile(options.signal, () => within((db) => dropPieces(db, tenantId, job)))
  try {
    await empty()
    let room = options.mostBytes - (await within((db) => bytesKept({ db, tenantId })))
    const { rows, openSince } = await writeFile(options, tenantId, job, async (piece) => {
      // One export of an organization is written at a time, so nobody else takes of the room.
      room -= piece.bytes.length
      if (room < 0) throw new Problem('export_storage_full')
      return within((db) => addPiece(db, { tenantId, job, now: now() }, piece))
    })
    await end(rows, openSince, null)
  } catch (error) {
    if (error instanceof Taken) return
    const { code } = toProblem(error)
    // At once, so that it does not keep smaller ones out; what cannot go now is taken by retention.
    if (code === 'export_storage_full') await empty().catch(() => {})
    else if (options.signal.aborted || job.attempt < attempts) throw error
    else log.error({ err: error, tenantId, id: job.id }, 'an export failed')
    await end(0, null, code)
  }
}

/** What earlier attempts wrote goes before anything is written. */
const emptyFile = async (signal: AbortSignal, drop: () => Promise<number | undefined>): Promise<void> => {
  for (let dropped: number | undefined = piecesAtOnce; dropped === piecesAtOnce; ) {
    if (signal.aborted) throw new Error('the node is stopping')
    dropped = await drop()
    if (dropped === undefined) throw new Taken()
  }
}

type AddPiece = (piece: Parameters<typeof addPiece>[2]) => Promise<boolean>

const writeFile = async (
  { streams, signal }: RunOptions,
  tenantId: string,
  job: ExportJob,
  add: AddPiece,
): Promise<{ rows: number; openSince: number | null }> => {
  const table = biTable(job.table) as BiTable
  const asked: Asked = {
    since: job.updatedSince ?? undefined,
    after: undefined,
    limit: undefined,
    includeDeleted: job.includeDeleted,
    onlyOpen: job.onlyOpen,
  }
  const as = copiedAs(job.format)
  const { total = 0, ...part } = await openPart(streams, tenantId, table, asked, as, { longest, isCounted: true })
  const { stream, rows } = counted(part.stream, as)
  const plain = formatted(stream, table, job.format)
  let number = 0
  for await (const bytes of piecesOf(job.compression === 'gzip' ? zipped(plain) : plain)) {
    if (signal.aborted) throw new Error('the node is stopping')
    if (!(await add({ number: number++, bytes, rows: rows(), total }))) throw new Taken()
  }
  return { rows: rows(), openSince: part.openSince }
}

const inTransaction =
  (pool: Pool, tenantId: string) =>
  async <T>(work: (db: Database) => Promise<T>): Promise<T> => {
    const { db, commit, rollback } = await openTransaction(pool, tenantId, 'write')
    try {
      const result = await work(db)
      await commit()
      return result
    } catch (error) {
      await rollback()
      throw error
    }
  }
