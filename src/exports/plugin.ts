import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Pool } from 'pg'
import type { Request } from '../api/context.ts'
import { bindingOf, decodeCursor, encodeCursor } from '../api/cursor.ts'
import { placesOf } from '../api/endpoint.ts'
import { canonicalInstant } from '../api/fields.ts'
import { Problem } from '../api/problem.ts'
import { queryReader } from '../api/query-string.ts'
import { wholeUntil } from '../api/sync.ts'
import { sightOf } from '../auth/sight.ts'
import { mayRead } from '../bi/table.ts'
import { biTable } from '../bi/tables.ts'
import { exportTable, mediaTypes } from '../modules/export-jobs/export-job.downloads.ts'
import type { Place } from './export.query.ts'
import { openPart } from './export.stream.ts'
import { copiedAs, formatted, zipped } from './format.ts'

const { inQuery } = placesOf(exportTable)
const readQuery = queryReader(inQuery, false)
const asked = exportTable.input.omit({ table: true })

/** Milliseconds; Postgres gives up at the same time (export.stream.ts). */
const longestExport = 600_000

type Options = { requestOf: (request: FastifyRequest) => Request; streams: Pool }

/**
 * `GET /v1/exports/{table}` streams a published table (`GET /v1/exports` lists them: export-job.tables.ts). With
 * `limit` in parts: `Next-Cursor` (and `Link`) leads to the next, and the last carries `Synced-Through`, the next
 * `updatedSince`. Rows of parts come in the order they changed, so that one broken off is resumed by its cursor; what
 * changes meanwhile comes again later, under the same key.
 */
export const exports = async (app: FastifyInstance, { requestOf, streams }: Options): Promise<void> => {
  app.get('/:table', { config: { answerWithin: longestExport } }, async (request, reply) => {
    const caller = requestOf(request)
    const table = biTable((request.params as { table: string }).table)
    if (!table || !mayRead(caller.actor, table)) throw new Problem('not_found', 'There is no such table')
    const { format, cursor, ...wanted } = asked.parse(readQuery(request.query as Record<string, string>))
    const since = wanted.updatedSince && canonicalInstant(wanted.updatedSince)
    const binding = bindingOf('export', table.name, since ?? null, wanted.includeDeleted)
    const { secret } = caller.organization
    const began = caller.house.clock().getTime()
    const from = cursor === undefined ? undefined : placeOf(cursor, binding, secret)
    const { stream, end, openSince } = await openPart(
      streams,
      caller.actor.tenantId,
      table,
      {
        since,
        after: from?.after,
        limit: wanted.limit,
        includeDeleted: wanted.includeDeleted,
        onlyOpen: sightOf(caller.actor) === 'own',
      },
      copiedAs(format),
    )
    // Of the first part: what was still open then may be dated among rows it has passed.
    const through = from ? from.through : wholeUntil(began, openSince)
    if (end) {
      const next = encodeCursor([end.changedAt, end.key, through], binding, secret)
      const url = new URL(request.url, 'http://localhost')
      url.searchParams.set('cursor', next)
      void reply.header('next-cursor', next).header('link', `<${url.pathname}${url.search}>; rel="next"`)
    } else {
      void reply.header('synced-through', through)
    }
    const body = formatted(stream, table, format)
    void reply
      .type(mediaTypes[format])
      .header('content-disposition', `attachment; filename="${table.name}.${format}"`)
      .header('cache-control', 'no-store')
    if (format === 'parquet' || !/\bgzip\b/.test(String(request.headers['accept-encoding']))) return reply.send(body)
    return reply.header('content-encoding', 'gzip').header('vary', 'accept-encoding').send(zipped(body))
  })
}

/** @throws Problem 400 for a cursor of another table, another request or another organization */
const placeOf = (cursor: string, binding: string, secret: string): { after: Place; through: string } => {
  const [changedAt, key, through] = decodeCursor(cursor, binding, secret) as [string, string, string]
  return { after: { changedAt, key }, through }
}
