import { findMany } from '../../api/find-many.ts'
import type { Context } from '../../api/operation.ts'
import { Problem } from '../../api/problem.ts'
import { type Hidden, round6 } from '../../scoring/index.ts'
import { type GoalRef, type Level, levelsOf, mostNodes } from '../explanation/explanation.build.ts'
import { healthToday } from '../goals/goal.fields.ts'
import { objective } from '../objectives/objective.resource.ts'
import type { objectives } from '../objectives/objective.table.ts'
import type { TreeNode } from './tree.schema.ts'

type Objective = typeof objectives.$inferSelect
type Edge = Pick<TreeNode, 'weight' | 'contribution' | 'reason' | 'parentKeyResultId'> & { id: string }

const nodeOf = (ctx: Context, row: Objective, { id: _id, ...edge }: Edge): TreeNode => {
  const { id, title, ownerType, ownerId, state, progress, coverage, confidence, score } = row
  const health = healthToday(score, ctx.today)
  const hidden = { count: 0, weight: 0, contribution: 0 }
  const shown = { id, title, ownerType, ownerId, state, progress, coverage, confidence, health }
  return { ...shown, ...edge, children: [], hidden } as unknown as TreeNode
}

/** The objectives aligned to a goal, counted or only shown. */
const edgesOf = ({ items, excluded }: Level, parentKeyResultId: string | null): Edge[] => [
  ...items.flatMap(({ type, id, weight, contribution }) =>
    type === 'objective' ? [{ id, weight, contribution, reason: null, parentKeyResultId }] : [],
  ),
  ...excluded.flatMap(({ type, id, weight, reason }) =>
    type === 'objective' && reason !== 'counted_below'
      ? [{ id, weight, contribution: null, reason, parentKeyResultId }]
      : [],
  ),
]

const merge = (hidden: Hidden, { weight, contribution }: Edge): Hidden => ({
  count: hidden.count + 1,
  weight: hidden.weight + (contribution === null ? 0 : (weight ?? 0)),
  contribution: round6(hidden.contribution + (contribution ?? 0)),
})

/** The objectives aligned below one, level by level; what the reader may not see is merged into its parent's `hidden`. */
export const treeOf = async (
  ctx: Context,
  rootId: string,
  depth: number,
): Promise<{ node: TreeNode; truncated: boolean }> => {
  const rowsOf = async (ids: readonly string[]) =>
    new Map(((await findMany(ctx, objective, ids)) as unknown as Objective[]).map((row) => [row.id, row]))
  const root = (await rowsOf([rootId])).get(rootId)
  if (!root) throw new Problem('not_found')
  const top = nodeOf(ctx, root, { id: rootId, weight: null, contribution: null, reason: null, parentKeyResultId: null })
  let room = mostNodes
  let truncated = false
  let level = [top]
  for (let at = 1; at <= depth && level.length > 0; at++) {
    const edges = await aligned(ctx, [...new Set(level.map(({ id }) => id))])
    const rows = await rowsOf([...new Set([...edges.values()].flat().map(({ id }) => id))])
    const next: TreeNode[] = []
    for (const parent of level) {
      for (const edge of edges.get(parent.id) ?? []) {
        const row = rows.get(edge.id)
        if (row && room-- <= 0) {
          truncated = true
          continue
        }
        if (!row) {
          parent.hidden = merge(parent.hidden, edge)
          continue
        }
        const node = nodeOf(ctx, row, edge)
        parent.children.push(node)
        next.push(node)
      }
    }
    level = next
  }
  return { node: top, truncated }
}

/** A tree does not tell progress as started. */
const untold = (): undefined => undefined

/** What is aligned to objectives and to their key results, by objective. */
const aligned = async (ctx: Context, ids: readonly string[]): Promise<Map<string, Edge[]>> => {
  const levels = await levelsOf(
    ctx,
    ids.map((id): GoalRef => ({ type: 'objective', id })),
    untold,
  )
  const viaKeyResults = [...levels.values()].flatMap(({ id, items, excluded }) =>
    [...items, ...excluded].flatMap((item) =>
      item.type === 'key_result' ? [{ objectiveId: id, goal: { type: 'key_result' as const, id: item.id } }] : [],
    ),
  )
  const keyResultLevels = await levelsOf(
    ctx,
    viaKeyResults.map(({ goal }) => goal),
    untold,
  )
  const edges = new Map([...levels.values()].map((level) => [level.id, edgesOf(level, null)]))
  for (const { objectiveId, goal } of viaKeyResults) {
    const level = keyResultLevels.get(goal.id)
    if (level) edges.get(objectiveId)?.push(...edgesOf(level, goal.id))
  }
  return edges
}
