import { scoreKeyResult } from './key-result.ts'
import { poolOfObjective } from './objective.ts'
import { inIdOrder } from './order.ts'
import { poolOf } from './pool.ts'
import type { Day, Definition, KeyResultInput, NodeScore, ObjectiveInput, ScoreOf } from './types.ts'

/**
 * Progress of the same readings against the definition as of the first reading, cancelled as 0 (section 2). Steps of
 * that definition carry the `done` of today; a step that was removed since is not done unless its readings say so.
 */
export const keyResultProgressAsStarted = (
  input: KeyResultInput,
  started: Partial<Definition>,
  today: Day,
  scoreOf?: ScoreOf,
): number | null =>
  input.state === 'cancelled' ? 0 : scoreKeyResult({ ...input, ...started }, today, scoreOf).progress

/** What an item weighed, and what its progress would be, had nothing been moved after the first reading. */
export type StartedItem = { weight?: number; progress: number | null }

/**
 * Progress of an objective as started: weights as of the first reading, items at their own progress as started,
 * cancelled ones counted as 0 (section 2). An item `startedOf` does not know counts as it is.
 */
export const progressAsStarted = (
  objective: ObjectiveInput,
  scoreOf: ScoreOf,
  startedOf: (id: string) => StartedItem | undefined,
): number | null => {
  if (objective.progressSource === 'manual') return poolOfObjective(objective, scoreOf).progress
  const cancelled = new Set<string>()
  const items = objective.items.map((item) => {
    if (item.state === 'cancelled') cancelled.add(item.id)
    const weight = startedOf(item.id)?.weight ?? item.weight
    return { ...item, weight, state: item.state === 'cancelled' ? ('active' as const) : item.state }
  })
  const asStarted = (id: string): NodeScore => {
    if (cancelled.has(id)) return cancelledScore
    const started = startedOf(id)
    return started === undefined ? scoreOf(id) : { ...scoreOf(id), progress: started.progress }
  }
  return poolOf(inIdOrder(items), objective.progressSource, asStarted).progress
}

const cancelledScore: NodeScore = {
  value: null,
  attainment: null,
  progress: 0,
  reason: null,
  coverage: 1,
  confidence: null,
  projected: null,
  pace: null,
  timeline: [],
  dataState: 'ok',
  read: true,
  inside: null,
  scoredOn: '0000-01-01',
}
