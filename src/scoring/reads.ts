import { linked } from './assessment.ts'
import type { CascadeInput } from './cascade.ts'
import { inIdOrder } from './order.ts'
import { type Accepts, readsScore } from './pool.ts'
import type { ItemRef, KeyResultInput, ObjectiveInput } from './types.ts'

/**
 * What each of the given nodes reads, nodes by number: initiatives first, then key results, then objectives, each as
 * given. Node n reads `below[starts[n]]` to `below[starts[n + 1] - 1]`, in the order in which its score will ask for
 * them; -1 stands for a node that was not given. `sorted` has the items of each objective that did not come in id order.
 */
export type Reads = {
  ids: readonly string[]
  starts: Int32Array
  below: Int32Array
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

const twiceAsLong = (numbers: Int32Array) => {
  const longer = new Int32Array(numbers.length * 2)
  longer.set(numbers)
  return longer
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
  let count = 0
  const last = [-1, firstKeyResult - 1, firstObjective - 1]
  const read = (type: ItemRef['type'], id: string) => {
    const kind = type === 'key_result' ? 1 : type === 'objective' ? 2 : 0
    const found = numberOf(id, last[kind]!)
    if (found >= 0) last[kind] = found
    if (count === below.length) below = twiceAsLong(below)
    below[count++] = found
  }
  const readItems = (items: readonly ItemRef[], accepts: Accepts) => {
    for (const item of items) if (readsScore(item, accepts)) read(item.type, item.id)
  }
  const sorted: Reads['sorted'] = new Map()
  const readByObjective = (objective: ObjectiveInput, node: number) => {
    const items = inIdOrder(objective.items)
    if (items !== objective.items) sorted.set(node, items)
    readItems(items, objective.progressSource)
  }
  const readBy = ({ source, items, contributions }: KeyResultInput) => {
    if (source === 'aligned' || source === 'initiatives') readItems(inIdOrder(items ?? []), source)
    else for (const { id } of inIdOrder(linked(contributions))) read('key_result', id)
  }
  let filled = 0
  for (const node of readers) {
    starts.fill(count, filled, node + 1)
    filled = node + 1
    if (node < firstObjective) readBy(keyResults[node - firstKeyResult]!)
    else readByObjective(objectives[node - firstObjective]!, node)
  }
  starts.fill(count, filled)
  return { ids, starts, below, sorted }
}
