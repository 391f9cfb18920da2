import { type SQL, sql } from 'drizzle-orm'
import { run } from '../db/statement.ts'
import type { Context } from './operation.ts'
import type { Resource } from './resource.ts'
import { allColumns, columnOf, readable, readValues, selected, sightIn } from './select.ts'
import type { Row } from './store.ts'

const rowsByIds = (ctx: Context, resource: Resource, ids: readonly string[], locking?: SQL): Promise<Row[]> =>
  run<Row>(
    ctx.db,
    sql`select ${selected(resource, { columns: [...Object.keys(allColumns(resource)), ...Object.keys(resource.looked ?? {})] })} from ${resource.table}
      where ${readable(resource, sightIn(ctx, resource), true)} and ${columnOf(resource, 'id')} = any(${sql.placeholder('ids')})
      order by ${columnOf(resource, 'id')} ${locking}`,
    { ...readValues(ctx), ids },
  )

/** Whole rows by id, deleted ones included; those the caller may not see are left out. */
export const findMany = async (ctx: Context, resource: Resource, ids: readonly string[]): Promise<Row[]> =>
  ids.length === 0 ? [] : rowsByIds(ctx, resource, ids)

/**
 * The same, locked until the transaction ends, so that the write builds on what is read here. Goals are locked by their
 * graph first (goal.lock.ts): a row lock taken before it would be a deadlock waiting to happen.
 */
export const lockMany = async (ctx: Context, resource: Resource, ids: readonly string[]): Promise<Row[]> =>
  ids.length === 0 ? [] : rowsByIds(ctx, resource, ids, sql`for no key update of ${resource.table}`)
