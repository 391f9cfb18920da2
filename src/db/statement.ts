import { createHash } from 'node:crypto'
import { fillPlaceholders, type SQL } from 'drizzle-orm'
import { PgDialect } from 'drizzle-orm/pg-core'
import type { QueryResultRow } from 'pg'
import type { Database } from './transaction.ts'

const dialect = new PgDialect()

/** Hand-written SQL, prepared under `name`: rows as objects, instants and days as text. */
export const query = async <R extends QueryResultRow>(
  db: Database,
  name: string | undefined,
  text: string,
  values: unknown[],
): Promise<R[]> => (await db.query<R>({ ...(name ? { name } : {}), text, values })).rows

/**
 * SQL put together from drizzle's parts, compiled when it is first used and kept by Postgres under `name`;
 * `sql.placeholder` marks its values. Building the text anew for each call costs more than running a small statement.
 */
export const statement = <R extends QueryResultRow>(name: string, build: () => SQL) => {
  let compiled: { sql: string; params: unknown[] } | undefined
  // Postgres cuts names at 63 bytes, so two long ones could become the same prepared statement.
  const short = name.length <= 60 ? name : createHash('sha1').update(name).digest('hex')
  return (db: Database, values: Record<string, unknown>): Promise<R[]> => {
    compiled ??= dialect.sqlToQuery(build())
    return query<R>(db, short, compiled.sql, fillPlaceholders(compiled.params, values))
  }
}

/** Texts that were given a name. Filters and orders combine to many more, and each costs every connection memory. */
const names = new Map<string, string>()
const namedAtMost = 300

/** SQL whose text depends on what is asked, such as a list with filters. The first few hundred texts stay prepared. */
export const run = <R extends QueryResultRow>(
  db: Database,
  built: SQL,
  values: Record<string, unknown>,
): Promise<R[]> => {
  const { sql: text, params } = dialect.sqlToQuery(built)
  if (!names.has(text) && names.size < namedAtMost)
    names.set(text, `run_${createHash('sha1').update(text).digest('hex')}`)
  return query<R>(db, names.get(text), text, fillPlaceholders(params, values))
}
