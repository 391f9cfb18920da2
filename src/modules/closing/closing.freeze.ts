import type { Context } from '../../api/operation.ts'
import { query } from '../../db/statement.ts'
import { canonicalJson, sha256 } from '../explanation/canonical-json.ts'
import { type GoalRef, type Level, levelsOf, mostNodes, type StartedOf } from '../explanation/explanation.build.ts'
import { saveSlices } from '../goals/goal.slices.ts'

/** All goals below the given ones, those closed before as they were frozen then; each once, however often it counts. */
const levelsBelow = async (
  ctx: Context,
  roots: readonly GoalRef[],
  startedOf: StartedOf,
): Promise<Map<string, Level>> => {
  const levels = new Map<string, Level>()
  const met = new Set(roots.map(({ id }) => id))
  let room = mostNodes
  let open: readonly GoalRef[] = roots
  while (open.length > 0) {
    const next: GoalRef[] = []
    for (const [id, level] of await levelsOf(ctx, open, startedOf)) {
      levels.set(id, level)
      if (level.sha256 !== null) continue
      for (const { type, id: item } of level.items) {
        if (type === 'initiative' || met.has(item) || room-- <= 0) continue
        met.add(item)
        next.push({ type, id: item })
      }
    }
    open = next
  }
  return levels
}

/**
 * Freezes the explanations of goals just closed with everything below them, and answers their hashes. Beyond 5,000 goals
 * below, the hash of an item is null: its numbers are frozen all the same, how they came about is not.
 */
export const freeze = async (
  ctx: Context,
  roots: readonly GoalRef[],
  startedOf: StartedOf,
): Promise<Map<string, string>> => {
  const levels = await levelsBelow(ctx, roots, startedOf)
  const bodies = new Map<string, string>()
  const hashes = new Map<string, string>()
  const hashOf = (id: string): string | null => {
    const level = levels.get(id)
    if (!level) return null
    const known = level.sha256 ?? hashes.get(id)
    if (known) return known
    const { sha256: _none, ...rest } = level
    const body = canonicalJson({
      ...rest,
      items: level.items.map((item) => ({ ...item, sha256: item.type === 'initiative' ? null : hashOf(item.id) })),
    })
    const hash = sha256(body)
    hashes.set(id, hash)
    bodies.set(hash, body)
    return hash
  }
  for (const { id } of roots) hashOf(id)
  await saveSlices(ctx, [...bodies], (slice) =>
    query(
      ctx.db,
      'frozen_explanations_keep',
      `insert into frozen_explanations (tenant_id, sha256, body) select $1, * from unnest($2::text[], $3::text[])
       on conflict do nothing`,
      [ctx.actor.tenantId, slice.map(([hash]) => hash), slice.map(([, body]) => body)],
    ),
  )
  return hashes
}
