import { and, sql } from 'drizzle-orm'
import type { Context, Resource } from './operation.ts'
import { allColumns, columnOf, readable, readValues, sightIn } from './select.ts'
import type { Row } from './store.ts'

const rowsByIds = (ctx: Context, resource: Resource, ids: readonly string[]) =>
  ctx.db
    .select(allColumns(resource))
    .from(resource.table)
    .where(and(readable(resource, sightIn(ctx), true), sql`${columnOf(resource, 'id')} = any(${sql.param([...ids])})`))
    .orderBy(columnOf(resource, 'id'))

/** Whole rows by id, deleted ones included; those the caller may not see are left out. */
export const findMany = async (ctx: Context, resource: Resource, ids: readonly string[]): Promise<Row[]> =>
  ids.length === 0 ? [] : rowsByIds(ctx, resource, ids).prepare('').execute(readValues(ctx))

/**
 * The same, locked until the transaction ends, so that the write builds on what is read here. Goals are locked by their
 * graph first (goal.lock.ts): a row lock taken before it would be a deadlock waiting to happen.
 */
export const lockMany = async (ctx: Context, resource: Resource, ids: readonly string[]): Promise<Row[]> =>
  ids.length === 0
    ? []
    : rowsByIds(ctx, resource, ids).for('no key update', { of: resource.table }).prepare('').execute(readValues(ctx))
