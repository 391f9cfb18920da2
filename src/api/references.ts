import { sql } from 'drizzle-orm'
import { run } from '../db/statement.ts'
import { among } from './among.ts'
import { located } from './located.ts'
import type { Context } from './operation.ts'
import { inputProblem } from './problem.ts'
import type { Resource } from './resource.ts'
import { columnOf, readable, readValues, sightIn } from './select.ts'
import type { Row } from './store.ts'
import type { Change } from './writes.ts'

/**
 * Everything a row points to must exist and be visible to the caller: a hidden row is refused like an unknown one.
 * Only what changed or comes back is looked at, one statement per resource pointed to. 422 `reference_not_found`.
 */
export const requireReferences = async (
  ctx: Context,
  resource: Resource,
  changes: readonly Change[],
  count: number,
): Promise<void> => {
  const edges = Object.values(resource.belongsTo ?? {})
  await Promise.all(
    edges.map(async ({ key, to }) => {
      const pointing = changes.filter(
        ({ before, after }) => after[key] && (after[key] !== before?.[key] || comesBack(before, after)),
      )
      if (pointing.length === 0) return
      const target = to()
      const wanted = [...new Set(pointing.map(({ after }) => after[key] as string))]
      const found = await run<{ id: string }>(
        ctx.db,
        sql`select ${columnOf(target, 'id')} as id from ${target.table}
          where ${readable(target, sightIn(ctx, target))} and ${among(columnOf(target, 'id'), 'ids', wanted.length)} ${shared(target)}`,
        { ...readValues(ctx), ids: wanted },
      )
      const ids = new Set<unknown>(found.map(({ id }) => id))
      // Rows of the set itself are about to be stored.
      if (target === resource) for (const { created, after } of changes) if (created) ids.add(after['id'])
      for (const { index, after } of pointing) {
        if (ids.has(after[key])) continue
        await located(count, index, async () => {
          throw inputProblem('reference_not_found', `/${key}`, `there is no ${target.name} ${String(after[key])}`)
        })
      }
    }),
  )
}

/**
 * Held until the end, so that nobody deletes it meanwhile: a foreign key does not see a soft deletion. Goals and cycles
 * need no lock of their own, they are written under their graph's.
 */
const shared = ({ scopes, table }: Resource) =>
  scopes.write === 'directory:write' ? sql`for share of ${table}` : undefined

/** What it pointed to may have been deleted while it was. */
export const comesBack = (before: Row | null, after: Row): boolean =>
  before !== null && before['deletedAt'] !== null && after['deletedAt'] === null
