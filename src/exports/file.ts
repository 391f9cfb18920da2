import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Pool } from 'pg'
import { contextOf, type Request } from '../api/context.ts'
import { Problem } from '../api/problem.ts'
import { findOne } from '../api/reads.ts'
import { mayRead } from '../bi/table.ts'
import { biTable } from '../bi/tables.ts'
import { query } from '../db/statement.ts'
import { openTransaction } from '../db/transaction.ts'
import { exportFile, mediaTypes } from '../modules/export-jobs/export-job.downloads.ts'
import { exportJob } from '../modules/export-jobs/export-job.resource.ts'
import type { exportJobs } from '../modules/export-jobs/export-job.table.ts'
import { pieceBytes } from './file.pieces.ts'
import { type Range, rangeOf } from './file.range.ts'

type Job = typeof exportJobs.$inferSelect

type Options = { requestOf: (request: FastifyRequest) => Request }

/**
 * `GET` and `HEAD /v1/export-jobs/{id}/file`: the file of an export that succeeded, whole or one range of it (RFC 9110), for
 * whoever may see the job and read its table. No connection is held while a slow client reads.
 */
export const exportFiles = async (app: FastifyInstance, { requestOf }: Options): Promise<void> => {
  app.route({
    method: ['GET', 'HEAD'],
    url: '/:id/file',
    handler: async (request, reply) => {
      const asked = requestOf(request)
      const { id } = exportFile.input.parse(request.params)
      const job = requireFile(asked, await jobOf(asked, id))
      // What has succeeded is never written again.
      const etag = `"${job.id}"`
      const { range: header, 'if-range': validator, 'if-none-match': known } = request.headers
      if (isKnown(known, etag)) {
        describe(reply, job, etag)
        return reply.code(304).send()
      }
      // A range of another file than the client knows would be put together with what it has of that one.
      const isSame = validator === undefined || validator === etag
      const range = request.method === 'GET' && isSame ? rangeOf(header, job.bytes) : undefined
      if (range === null) {
        void reply.header('content-range', `bytes */${job.bytes}`)
        throw new Problem('range_not_satisfiable', `The file has ${job.bytes} bytes`)
      }
      const { start, end }: Range = range ?? { start: 0, end: job.bytes - 1 }
      const pieces = readPieces(asked.house.pool, asked.actor.tenantId, job.id, { start, end })
      // Read before anything is said of it: it may have gone since the job was looked for.
      const first = request.method === 'HEAD' ? undefined : await pieces.next()
      describe(reply, job, etag)
      void reply.header('content-length', end - start + 1).type(typeOf(job))
      if (!first) return reply.send()
      if (range) void reply.code(206).header('content-range', `bytes ${start}-${end}/${job.bytes}`)
      return reply.send(Readable.from(resumed(first, pieces), { objectMode: false }))
    },
  })
}

const jobOf = async (asked: Request, id: string): Promise<Job | undefined> => {
  const transaction = await openTransaction(asked.house.pool, asked.actor.tenantId, 'single')
  try {
    const job = await findOne(contextOf(asked, transaction), exportJob, id)
    await transaction.commit()
    return job as Job | undefined
  } catch (error) {
    await transaction.rollback()
    throw error
  }
}

/** @throws Problem 404, 409 `export_not_ready`, 410 `export_expired` or `export_failed` */
const requireFile = ({ actor, house }: Request, job: Job | undefined): Job => {
  const table = job && biTable(job.table)
  if (!job || !table || !mayRead(actor, table)) throw new Problem('not_found', 'There is no such export')
  if (job.status === 'expired' || (job.status === 'succeeded' && job.expiresAt <= house.clock().toISOString()))
    throw new Problem('export_expired', `The file was kept until ${job.expiresAt}`)
  if (job.status === 'failed' || job.status === 'cancelled')
    throw new Problem('export_failed', `The export is ${job.status}`)
  if (job.status !== 'succeeded') throw new Problem('export_not_ready', `The export is ${job.status}`)
  return job
}

/** Whether `If-None-Match` names the file: `*`, or a list of tags that are compared weakly (RFC 9110, 13.1.2). */
const isKnown = (header: string | undefined, etag: string): boolean =>
  header?.split(',').some((tag) => ['*', etag, `W/${etag}`].includes(tag.trim())) ?? false

const typeOf = ({ format, compression }: Job): string =>
  compression === 'gzip' ? 'application/gzip' : mediaTypes[format]

const describe = (reply: FastifyReply, job: Job, etag: string): void => {
  const name = `${job.table}.${job.format}${job.compression === 'gzip' ? '.gz' : ''}`
  void reply
    .header('etag', etag)
    .header('accept-ranges', 'bytes')
    .header('cache-control', 'private, no-cache')
    .header('content-disposition', `attachment; filename="${name}"`)
}

const pieceText = `
  select substring(bytes from $4 for $5) as bytes from export_chunks where tenant_id = $1 and job_id = $2 and number = $3`

/** What is left of pieces, after the first of them was taken. */
const resumed = async function* (first: IteratorResult<Buffer, void>, rest: AsyncGenerator<Buffer, void>) {
  if (first.done) return
  yield first.value
  yield* rest
}

/** Reads a range of a file, a piece at a time, as it is taken. @throws Problem 404 where the file went meanwhile */
const readPieces = async function* (
  pool: Pool,
  tenantId: string,
  id: string,
  { start, end }: Range,
): AsyncGenerator<Buffer, void> {
  for (let at = start; at <= end; ) {
    const number = Math.floor(at / pieceBytes)
    const offset = at - number * pieceBytes
    const length = Math.min(pieceBytes - offset, end - at + 1)
    const { db, commit } = await openTransaction(pool, tenantId, 'single')
    const values = [tenantId, id, number, offset + 1, length]
    const [[piece]] = await Promise.all([query<{ bytes: Buffer }>(db, 'export_piece', pieceText, values), commit()])
    if (piece?.bytes.length !== length) throw new Problem('not_found', 'The file went meanwhile')
    yield piece.bytes
    at += length
  }
}
