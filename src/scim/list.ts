import { type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Context } from '../api/operation.ts'
import { run } from '../db/statement.ts'
import { ScimProblem } from './error.ts'
import { type Columns, columnAt, conditionOf, folded, pathOf } from './filter.ts'
import { parseFilter } from './parse-filter.ts'
import type { ResourceType } from './schema.ts'

/** The most resources of one answer; `count` beyond it is cut, as RFC 7644 §3.4.2.4 has it. */
export const mostResults = 200

const whole = z.coerce.number().int()

/** What a list is asked, by query or by `/.search`. */
export const listInput = z.strictObject({
  filter: z.string().optional(),
  startIndex: whole.default(1).transform((index) => Math.max(1, index)),
  count: whole.default(100).transform((count) => Math.min(mostResults, Math.max(0, count))),
  sortBy: z.string().max(200).optional(),
  sortOrder: z.enum(['ascending', 'descending']).default('ascending'),
  /** False where the answer will not show what is costly to read, such as the members of groups. */
  whole: z.boolean().default(true),
})

export type ListInput = z.output<typeof listInput>

/** What a list is read from: `from` and `known` as SQL, `rows` for a page. */
export type Source<R> = {
  type: ResourceType
  columns: Columns
  from: SQL
  id: SQL
  known: (ctx: Context) => SQL
  rows: (ctx: Context, where: SQL, rest: SQL, input: ListInput) => Promise<R[]>
}

export type Page<R> = { total: number; startIndex: number; rows: R[] }

/** One page, and how many there are in all, of one snapshot. Offsets beyond 2⁵³ or so name nobody. */
export const listOf = async <R>(ctx: Context, source: Source<R>, input: ListInput): Promise<Page<R>> => {
  const { type, columns, from, known } = source
  const where = input.filter === undefined ? sql`true` : conditionOf(type, columns, parseFilter(input.filter))
  const rest = sql`order by ${orderOf(source, input)} limit ${input.count} offset ${input.startIndex - 1}`
  const [counted, rows] = await Promise.all([
    run<{ total: number }>(ctx.db, sql`select count(*) as total from ${from} where ${known(ctx)} and ${where}`, {}),
    input.count === 0 ? [] : source.rows(ctx, where, rest, input),
  ])
  return { total: counted[0]?.total ?? 0, startIndex: input.startIndex, rows }
}

/** Sorted as RFC 7644 §3.4.2.3 has it: whatever lacks the attribute comes last, or first when descending. */
const orderOf = <R>({ type, columns, id }: Source<R>, { sortBy, sortOrder }: ListInput): SQL => {
  const direction = sortOrder === 'descending' ? sql`desc nulls first` : sql`asc nulls last`
  if (sortBy === undefined) return sql`${id} ${direction}`
  const column = columnAt(columns, pathOf(type, sortBy))
  if (!column || 'from' in column) throw new ScimProblem('invalidPath', `sortBy: ${sortBy} cannot be sorted by`)
  return sql`${folded(column, column.value)} ${direction}, ${id}`
}
