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
  const { initiatives, keyResults, objectives, known } = input
  const firstKeyResult = initiatives.length
  const firstObjective = firstKeyResult + keyResults.length
  // Nodes by number from here on: an id is looked up once for each item that is read, and nowhere else.
  const numbers = new Map<string, number>()
  for (const { id } of initiatives) numbers.set(id, numbers.size)
  for (const { id } of keyResults) numbers.set(id, numbers.size)
  for (const { id } of objectives) numbers.set(id, numbers.size)
  const nodes = firstObjective + objectives.length

  const found: (NodeScore | undefined)[] = Array.from({ length: nodes })
  const scoreOf = (id: string): NodeScore => {
    const at = numbers.get(id)
    const score = (at === undefined ? undefined : found[at]) ?? known.get(id)
    if (score === undefined) throw new Error(`no score of ${id} was given`)
    return score
  }
  const score = (at: number): NodeScore => {
    if (at >= firstObjective) return scoreObjective(objectives[at - firstObjective]!, today, scoreOf)
    if (at >= firstKeyResult) return scoreKeyResult(keyResults[at - firstKeyResult]!, today, scoreOf)
    return scoreInitiative(initiatives[at]!, today)
  }

  const { waitsFor, readersOf } = readersIn(input, numbers, firstKeyResult, firstObjective)
  const scores = new Map<string, NodeScore>()
  const ready: number[] = []
  for (let at = 0; at < nodes; at++) if (waitsFor[at] === 0) ready.push(at)
  const idOf = (at: number): string =>
    (at >= firstObjective
      ? objectives[at - firstObjective]!
      : at >= firstKeyResult
        ? keyResults[at - firstKeyResult]!
        : initiatives[at]!
    ).id
  for (let at = ready.pop(); at !== undefined; at = ready.pop()) {
    const own = score(at)
    found[at] = own
    scores.set(idOf(at), own)
    for (let next = readersOf.first[at]!; next >= 0; next = readersOf.next[next]!) {
      const reader = readersOf.reader[next]!
      if (--waitsFor[reader]! === 0) ready.push(reader)
    }
  }
  if (scores.size !== nodes) throw new ScoringCycle('the nodes read one another in a circle')
  return scores
}

/** Who reads whom among the given nodes: how many each waits for, and the readers of each as a linked list. */
const readersIn = (
  { keyResults, objectives }: CascadeInput,
  numbers: ReadonlyMap<string, number>,
  firstKeyResult: number,
  firstObjective: number,
) => {
  const waitsFor = new Int32Array(numbers.size)
  const first = new Int32Array(numbers.size).fill(-1)
  const reader: number[] = []
  const next: number[] = []
  const reads = (by: number, id: string) => {
    const at = numbers.get(id)
    if (at === undefined) return
    waitsFor[by]!++
    next.push(first[at]!)
    first[at] = reader.push(by) - 1
  }
  const readsItems = (by: number, items: readonly ItemRef[], accepts: Accepts) => {
    for (const item of items) if (readsScore(item, accepts)) reads(by, item.id)
  }
  for (const [at, { source, items, contributions }] of keyResults.entries()) {
    const by = firstKeyResult + at
    if (source === 'rollup') for (const { keyResultId } of contributions ?? []) reads(by, keyResultId)
    if (source === 'aligned' || source === 'initiatives') readsItems(by, items ?? [], source)
  }
  for (const [at, { items, progressSource }] of objectives.entries())
    readsItems(firstObjective + at, items, progressSource)
  return { waitsFor, readersOf: { first, reader, next } }
}
