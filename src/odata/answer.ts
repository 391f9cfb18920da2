import type { Request } from '../api/context.ts'
import { sightOf } from '../auth/sight.ts'
import type { BiTable } from '../bi/table.ts'
import { openTransaction, type Transaction } from '../db/transaction.ts'
import type { Options } from './options.ts'
import { decodePlace, encodePlace, pageText, tokenBinding } from './page.ts'
import { selectionOf } from './select.ts'

const longestStatement = 25_000

type Page = { rows: string[]; count: number | undefined; nextToken: string | undefined }

const read = async <T>(request: Request, work: (ask: Ask) => Promise<T>): Promise<T> => {
  const transaction: Transaction = await openTransaction(request.house.pool, request.actor.tenantId, 'snapshot')
  const ask: Ask = async (text, values) => {
    const query = { text, values, query_timeout: longestStatement + 2_000 }
    return (await transaction.db.query<Record<string, unknown>>(query)).rows
  }
  try {
    transaction.later(transaction.db.query(`set local statement_timeout = ${longestStatement}`))
    const result = await work(ask)
    await transaction.commit()
    return result
  } catch (error) {
    await transaction.rollback()
    throw transaction.cause(error)
  }
}

type Ask = (text: string, values: unknown[]) => Promise<Record<string, unknown>[]>

/** One page of an entity set, with the count if it was asked for; both of one moment. `size` is the most rows of a page. */
export const pageOf = (request: Request, table: BiTable, options: Options, size: number): Promise<Page> => {
  const selection = selectionOf(table, options, sightOf(request.actor) === 'own')
  const { source, values } = selection
  const counting = options.count ? { text: `select count(*) as n from ${source}`, values: [...values] } : undefined
  const binding = tokenBinding(table.entitySet, options)
  const { secret } = request.organization
  const place = options.skipToken === undefined ? undefined : decodePlace(options.skipToken, binding, secret)
  const left = place ? place.left : options.top
  const wanted = Math.min(size, left ?? size)
  // One more than wanted tells whether there is a next page.
  const text = pageText(selection, options, place, wanted + 1)
  return read(request, async (ask) => {
    const counted = counting && (await ask(counting.text, counting.values))
    const found = wanted === 0 ? [] : ((await ask(text, values)) as { row: string; at: (string | null)[] }[])
    const rows = found.slice(0, wanted)
    const last = rows.at(-1)
    const remaining = left === undefined ? undefined : left - rows.length
    const goesOn = last !== undefined && found.length > wanted && remaining !== 0
    return {
      rows: rows.map(({ row }) => row),
      count: counted && Number(counted[0]?.['n']),
      nextToken: goesOn ? encodePlace({ after: last.at, left: remaining }, binding, secret) : undefined,
    }
  })
}

/** How many rows `$filter` leaves. */
export const countOf = (request: Request, table: BiTable, options: Options): Promise<number> => {
  const { source, values } = selectionOf(table, options, sightOf(request.actor) === 'own')
  return read(request, async (ask) => Number((await ask(`select count(*) as n from ${source}`, values))[0]?.['n']))
}
