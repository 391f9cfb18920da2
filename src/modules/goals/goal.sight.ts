import { and, sql } from 'drizzle-orm'
import type { Context } from '../../api/operation.ts'
import type { Resource } from '../../api/resource.ts'
import { columnOf, readable, readValues, sightIn } from '../../api/select.ts'
import { run } from '../../db/statement.ts'
import { objective } from '../objectives/objective.resource.ts'

/** Of these rows the ones the caller may see. */
export const readableIds = async (ctx: Context, resource: Resource, ids: readonly string[]): Promise<Set<string>> => {
  if (ids.length === 0) return new Set()
  const id = columnOf(resource, 'id')
  const rows = await run<{ id: string }>(
    ctx.db,
    sql`select ${id} as id from ${resource.table}
      where ${and(readable(resource, sightIn(ctx, resource)), sql`${id} = any(${sql.placeholder('ids')}::uuid[])`)}`,
    { ...readValues(ctx), ids },
  )
  return new Set(rows.map((row) => row.id))
}

/** Of these objectives the ones the caller may see; what belongs to an objective is seen with it. */
export const readableObjectives = (ctx: Context, ids: readonly string[]): Promise<Set<string>> =>
  readableIds(ctx, objective, ids)
