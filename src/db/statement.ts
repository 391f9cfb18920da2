import type { QueryResultRow } from 'pg'
import type { Database } from './transaction.ts'

type Preparable<R> = { prepare(name: string): { execute(values: Record<string, unknown>): Promise<R> } }

/**
 * A drizzle query compiled once per connection and kept by Postgres under `name`; `sql.placeholder` marks its values.
 * Building the text anew for each call costs more than running a small one.
 */
export const statement = <R>(name: string, build: (db: Database) => Preparable<R>) => {
  const compiled = new WeakMap<Database, ReturnType<Preparable<R>['prepare']>>()
  return (db: Database, values: Record<string, unknown>): Promise<R> => {
    let prepared = compiled.get(db)
    if (!prepared) compiled.set(db, (prepared = build(db).prepare(name)))
    return prepared.execute(values)
  }
}

/** Hand-written SQL, prepared under `name`: rows as objects, instants and days as text. */
export const query = async <R extends QueryResultRow>(
  db: Database,
  name: string,
  text: string,
  values: unknown[],
): Promise<R[]> => (await db.$client.query<R>({ name, text, values })).rows
