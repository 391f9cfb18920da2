import type { Readable } from 'node:stream'
import type { Pool, PoolClient } from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { oldestWrite } from '../api/sync.ts'
import type { BiTable } from '../bi/table.ts'
import { type Asked, boundaryText, type Copied, copyText, countText, type Place } from './export.query.ts'

export type Part = {
  stream: Readable
  /** The last row of the part; undefined where nothing follows it. */
  end: Place | undefined
  /** Rows there are in the same moment, where they were asked to be counted. */
  total: number | undefined
  /** When the oldest write began that was still open before that moment, in milliseconds since 1970. */
  openSince: number | null
}

/**
 * Opens one part of a table as a stream, read in one moment of the database, in constant memory: Postgres sends no faster
 * than the stream is read. The connection goes back when the stream ends or is destroyed.
 */
export const openPart = async (
  pool: Pool,
  tenantId: string,
  table: BiTable,
  asked: Asked,
  as: Copied,
  { longest = '600s', isCounted = false }: { longest?: string; isCounted?: boolean } = {},
): Promise<Part> => {
  const client = await pool.connect()
  try {
    const openSince = await oldestWrite(client)
    await client.query(
      `begin isolation level repeatable read read only; set local app.tenant = '${tenantId}'; set local statement_timeout = '${longest}'`,
    )
    const end =
      asked.limit === undefined ? undefined : (await client.query<Place>(boundaryText(table, asked))).rows.at(0)
    const counted = isCounted ? await client.query<{ count: number }>(countText(table, asked)) : undefined
    const stream = client.query(copyTo(copyText(table, asked, end, as)))
    giveBack(client, stream)
    return { stream, end, total: counted?.rows[0]?.count, openSince }
  } catch (error) {
    client.release(true)
    throw error
  }
}

const giveBack = (client: PoolClient, stream: Readable): void => {
  let ended = false
  stream.once('end', () => {
    ended = true
    client.query('commit').then(
      () => client.release(),
      () => client.release(true),
    )
  })
  // A COPY broken off leaves the connection in the middle of an answer: it is closed, and Postgres stops.
  stream.once('close', () => {
    if (!ended) client.release(true)
  })
}
