import { scoreInitiative } from './initiative.ts'
import { scoreKeyResult } from './key-result.ts'
import { scoreObjective } from './objective.ts'
import { type Accepts, readsScore } from './pool.ts'
import type { Day, InitiativeInput, ItemRef, KeyResultInput, NodeScore, ObjectiveInput } from './types.ts'

export type CascadeInput = {
  keyResults: readonly KeyResultInput[]
  objectives: readonly ObjectiveInput[]
  initiatives: readonly InitiativeInput[]
  /** Scores of nodes beside the given ones, as stored. */
  known: ReadonlyMap<string, NodeScore>
}

type Task = { id: string; waitsFor: number; score: () => NodeScore }

/** Thrown when the given nodes read one another in a circle: a writer let a cycle through. */
export class ScoringCycle extends Error {
  override name = 'ScoringCycle'
}

/**
 * Scores all given nodes as of a day, each after everything it reads, whatever their order (sections 2 to 5). Answers
 * the new scores of the given nodes only. Ids are unique over all types. Throws `ScoringCycle` on a cycle, and an Error
 * when an item that counts is neither given nor known.
 */
export const cascade = (input: CascadeInput, today: Day): Map<string, NodeScore> => {
  const scores = new Map<string, NodeScore>()
  const scoreOf = (id: string): NodeScore => {
    const score = scores.get(id) ?? input.known.get(id)
    if (score === undefined) throw new Error(`no score of ${id} was given`)
    return score
  }
  const tasks = new Map<string, Task>()
  const readers = new Map<string, Task[]>()
  const add = (id: string, score: () => NodeScore) => tasks.set(id, { id, waitsFor: 0, score })
  for (const node of input.initiatives) add(node.id, () => scoreInitiative(node, today))
  for (const node of input.keyResults) add(node.id, () => scoreKeyResult(node, today, scoreOf))
  for (const node of input.objectives) add(node.id, () => scoreObjective(node, today, scoreOf))

  const reads = (reader: string, id: string) => {
    const task = tasks.get(reader)
    if (task === undefined || !tasks.has(id)) return
    task.waitsFor++
    const others = readers.get(id)
    if (others === undefined) readers.set(id, [task])
    else others.push(task)
  }
  const readsItems = (id: string, items: readonly ItemRef[], accepts: Accepts) => {
    for (const item of items) if (readsScore(item, accepts)) reads(id, item.id)
  }
  for (const { id, source, items, contributions } of input.keyResults) {
    if (source === 'rollup') for (const { keyResultId } of contributions ?? []) reads(id, keyResultId)
    if (source === 'aligned' || source === 'initiatives') readsItems(id, items ?? [], source)
  }
  for (const { id, items, progressSource } of input.objectives) readsItems(id, items, progressSource)

  const ready = [...tasks.values()].filter((task) => task.waitsFor === 0)
  for (let task = ready.pop(); task !== undefined; task = ready.pop()) {
    scores.set(task.id, task.score())
    for (const reader of readers.get(task.id) ?? []) if (--reader.waitsFor === 0) ready.push(reader)
  }
  if (scores.size !== tasks.size) throw new ScoringCycle('the nodes read one another in a circle')
  return scores
}
