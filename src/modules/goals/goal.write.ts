import type { Context } from '../../api/operation.ts'
import { inputProblem, Problem } from '../../api/problem.ts'
import type { Change } from '../../api/writes.ts'
import { query } from '../../db/statement.ts'
import { dayNumber, scoringVersion } from '../../scoring/index.ts'
import { type Locked, lockGraphs, type Touched } from './goal.lock.ts'
import { rescore } from './goal.rescore.ts'
import type { Cause } from './goal.save.ts'

/** The graphs one write holds, from its lock step to its settling. */
const held = new WeakMap<Context, Locked>()

/** The lock step of everything that can change a score, a weight, an alignment or a membership. */
export const lockForWrite = async (ctx: Context, touched: Touched): Promise<void> => {
  held.set(ctx, await lockGraphs(ctx, touched))
}

export const heldBy = (ctx: Context): Locked => {
  const locked = held.get(ctx)
  if (!locked) throw new Error('a goal was written without its graph being locked')
  return locked
}

type Goal = { id: string; deletedAt: string | null; score: unknown; scoredAt: string | null }

/**
 * The settling step of objectives, key results and alignments: scores what changed and everything above it in one
 * cascade, and puts the new scores into the rows that will be answered. `rejudged` are key results judged otherwise
 * now, `beside` objectives that no counting edge leads to.
 */
export const rescoreAfter = async <R extends { id: string; deletedAt: string | null }>(
  ctx: Context,
  type: 'objective' | 'key_result' | 'alignment',
  changes: readonly Change<R>[],
  objectiveOf: (change: Change<R>) => string,
  rejudged: readonly string[] = [],
  beside: readonly string[] = [],
): Promise<Awaited<ReturnType<typeof rescore>>> => {
  const locked = heldBy(ctx)
  const objectiveIds = [...new Set(changes.map(objectiveOf))]
  const live = changes.filter(({ after }) => after.deletedAt === null)
  const keyResultIds = type === 'key_result' ? live.map(({ after }) => after.id) : rejudged
  const causes = new Map(changes.map((change) => [objectiveOf(change), { type, id: change.after.id }]))
  const [first] = changes
  const cause = { type, id: first?.after.id ?? '' }
  const result = await rescore(
    ctx,
    locked,
    { objectiveIds: [...objectiveIds, ...beside], keyResultIds },
    (id) => causes.get(id) ?? cause,
  )
  for (const id of objectiveIds) requireOpen(result.objectives.get(id))
  for (const id of objectiveIds) requireSpan(result.objectives.get(id))
  for (const id of keyResultIds) requireSpan(result.keyResults.get(id))
  if (type !== 'alignment') {
    for (const { after } of live) {
      const goal = after as unknown as Goal
      const score = result.scores.get(goal.id)
      if (score && result.changed.has(goal.id))
        Object.assign(goal, score, { score, scoredAt: locked.recordedAt, scoringVersion })
    }
  }
  return result
}

const longestSpan = 10 * 366

/** Days are effective ones: own, else inherited. Periods are counted through, so a span has an end. Throws 422. */
const requireSpan = (goal: { firstDay: string; lastDay: string } | undefined): void => {
  if (!goal) return
  if (goal.lastDay < goal.firstDay) throw inputProblem('invalid_input', '/dueOn', 'the last day is before the first')
  if (dayNumber(goal.lastDay) - dayNumber(goal.firstDay) > longestSpan)
    throw inputProblem('invalid_input', '/dueOn', 'more than ten years')
}

/** What is closed is history: the goals of a closed cycle stand. Throws 409. */
const requireOpen = (objective: { cycleState: string } | undefined): void => {
  if (objective?.cycleState === 'closed') throw new Problem('cycle_closed')
}

/**
 * Scores every goal of the given cycles anew, with everything above: after a change of what all of them are judged by,
 * such as days, policy or the time zone. `locked` are the graphs held for it.
 */
export const rescoreCycles = async (
  ctx: Context,
  locked: Locked,
  cycleIds: readonly string[],
  cause: Cause,
): Promise<void> => {
  const goals = await query<{ objectiveId: string; keyResultId: string | null }>(
    ctx.db,
    'goals_of_cycles',
    `select o.id as "objectiveId", k.id as "keyResultId" from objectives o
     left join key_results k on k.tenant_id = $1 and k.objective_id = o.id and k.deleted_at is null
     where o.tenant_id = $1 and o.cycle_id = any($2) and o.deleted_at is null`,
    [ctx.actor.tenantId, cycleIds],
  )
  const objectiveIds = [...new Set(goals.map(({ objectiveId }) => objectiveId))]
  const keyResultIds = goals.flatMap(({ keyResultId }) => keyResultId ?? [])
  await rescore(ctx, locked, { objectiveIds, keyResultIds }, () => cause)
}

/** The cycles of the whole organization, for what the organization itself decides. */
export const allCycles = async ({ db, actor }: Context): Promise<string[]> => {
  const rows = await query<{ id: string }>(db, 'all_cycles', 'select id from cycles where tenant_id = $1', [
    actor.tenantId,
  ])
  return rows.map(({ id }) => id)
}
