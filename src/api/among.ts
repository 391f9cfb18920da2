import { type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'

/** So few values are looked up in an index. */
const few = 20

/**
 * The column is one of the values behind a placeholder. More than a few are hashed once, inside a `coalesce` that keeps
 * the planner from making a join of it: with `= any`, on a table filled a moment ago and not yet analyzed, Postgres
 * would try all values on every row of the organization, 10,000 times 1,000 comparisons for one batch.
 */
export const among = (column: PgColumn, placeholder: string, count: number): SQL => {
  const values = sql`${sql.placeholder(placeholder)}::${sql.raw(column.getSQLType())}[]`
  return count > few ? sql`coalesce(${column} in (select unnest(${values})), false)` : sql`${column} = any(${values})`
}
