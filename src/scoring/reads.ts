import { linked } from './assessment.ts'
import type { CascadeInput } from './cascade.ts'
import { inIdOrder } from './order.ts'
import { type Accepts, exclusionOf, readsScore } from './pool.ts'
import type { ItemRef, KeyResultInput, ObjectiveInput } from './types.ts'

/**
 * What each of the given nodes reads, nodes by number: initiatives first, then key results, then objectives, each as
 * given. Node n reads `below[starts[n]]` to `below[starts[n + 1] - 1]`, in the order in which its score will ask for
 * them; -1 stands for a node that was not given. `weights` are those of the items so read, and `plain` is 1 for an
 * objective that reads all of its items, all given and none a guardrail. `sorted` has the items of each objective that did not come in id order.
 */
export type Reads = {
  ids: readonly string[]
  starts: Int32Array
  below: Int32Array
  weights: Float64Array
  plain: Uint8Array
  sorted: Map<number, readonly ItemRef[]>
}

/** How many neighbours are looked at before all ids are put into a map. */
const ahead = 8

/** Numbers of nodes by id, -1 if not given. Most often the next one is wanted, and a map of a million ids takes a second. */
const numbersOf = (ids: readonly string[]): ((id: string, after: number) => number) => {
  let numbers: Map<string, number> | undefined
  return (id, after) => {
    for (let at = after + 1; at <= after + (numbers === undefined ? ahead : 1); at++) if (ids[at] === id) return at
    numbers ??= new Map(ids.map((each, at) => [each, at]))
    return numbers.get(id) ?? -1
  }
}

/** Finds what each node reads among the given ones. */
export const readsOf = ({ initiatives, keyResults, objectives }: CascadeInput): Reads => {
  const ids: string[] = []
  const readers: number[] = []
  for (const { id } of initiatives) ids.push(id)
  for (const { id, source } of keyResults) {
    if (source !== 'checkins' && source !== 'kpi') readers.push(ids.length)
    ids.push(id)
  }
  for (const { id } of objectives) readers.push(ids.push(id) - 1)
  const firstKeyResult = initiatives.length
  const firstObjective = firstKeyResult + keyResults.length

  const numberOf = numbersOf(ids)
  const starts = new Int32Array(ids.length + 1)
  let below = new Int32Array(ids.length + 16)
  let weights = new Float64Array(ids.length + 16)
  const plain = new Uint8Array(ids.length)
  let count = 0
  const last = [-1, firstKeyResult - 1, firstObjective - 1]
  const read = (type: ItemRef['type'], id: string, weight: number): boolean => {
    const kind = type === 'key_result' ? 1 : type === 'objective' ? 2 : 0
    const found = numberOf(id, last[kind]!)
    if (found >= 0) last[kind] = found
    if (count === below.length) {
      below = new Int32Array(below.buffer.transfer(below.byteLength * 2))
      weights = new Float64Array(weights.buffer.transfer(weights.byteLength * 2))
    }
    weights[count] = weight
    below[count++] = found
    return found >= 0
  }
  /** Whether all of them are plain. */
  const readItems = (items: readonly ItemRef[], accepts: Accepts): boolean => {
    let all = true
    for (const item of items) {
      const reason = exclusionOf(item, accepts)
      const given = readsScore(reason) && read(item.type, item.id, item.weight)
      if (reason !== null || !given) all = false
    }
    return all
  }
  const sorted: Reads['sorted'] = new Map()
  const readByObjective = (objective: ObjectiveInput, node: number) => {
    const items = inIdOrder(objective.items)
    if (items !== objective.items) sorted.set(node, items)
    plain[node] = readItems(items, objective.progressSource) ? 1 : 0
  }
  const readBy = ({ source, items, contributions }: KeyResultInput) => {
    if (source === 'aligned' || source === 'initiatives') readItems(inIdOrder(items ?? []), source)
    else for (const { id } of inIdOrder(linked(contributions))) read('key_result', id, 0)
  }
  let filled = 0
  for (const node of readers) {
    starts.fill(count, filled, node + 1)
    filled = node + 1
    if (node < firstObjective) readBy(keyResults[node - firstKeyResult]!)
    else readByObjective(objectives[node - firstObjective]!, node)
  }
  starts.fill(count, filled)
  return { ids, starts, below, weights, plain, sorted }
}
