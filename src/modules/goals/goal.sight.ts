import { and, sql } from 'drizzle-orm'
import type { Context } from '../../api/operation.ts'
import { columnOf, readable, readValues, sightIn } from '../../api/select.ts'
import { objective } from '../objectives/objective.resource.ts'

/** Of these objectives the ones the caller may see; what belongs to an objective is seen with it. */
export const readableObjectives = async (ctx: Context, ids: readonly string[]): Promise<Set<string>> => {
  if (ids.length === 0) return new Set()
  const rows: { id: unknown }[] = await ctx.db
    .select({ id: columnOf(objective, 'id') })
    .from(objective.table)
    .where(and(readable(objective, sightIn(ctx)), sql`${columnOf(objective, 'id')} = any(${sql.param([...ids])})`))
    .prepare('')
    .execute(readValues(ctx))
  return new Set(rows.map(({ id }) => id as string))
}
