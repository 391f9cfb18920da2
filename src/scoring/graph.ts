/** An edge of the alignment graph: the child counts, or is shown, in the parent. Any id, of any type of node. */
export type Edge = { child: string; parent: string }

const adjacency = (edges: readonly Edge[], from: 'child' | 'parent', to: 'child' | 'parent'): Map<string, string[]> => {
  const next = new Map<string, string[]>()
  for (const edge of edges) {
    const ends = next.get(edge[from])
    if (ends === undefined) next.set(edge[from], [edge[to]])
    else ends.push(edge[to])
  }
  return next
}

/**
 * Whether an edge from `child` to `parent` would close a cycle in a graph that has none (section 4): whether the child
 * can already be reached upwards from the parent. Give all edges that lead up from the parent, of alignment,
 * membership and rollup alike.
 */
export const wouldCycle = (edges: readonly Edge[], child: string, parent: string): boolean => {
  if (child === parent) return true
  const above = adjacency(edges, 'child', 'parent')
  const seen = new Set([parent])
  const open = [parent]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    for (const next of above.get(node) ?? []) {
      if (next === child) return true
      if (seen.has(next)) continue
      seen.add(next)
      open.push(next)
    }
  }
  return false
}

/** Whether any cycle is in the graph, on its own or with others. */
export const hasCycle = (edges: readonly Edge[]): boolean => {
  const above = adjacency(edges, 'child', 'parent')
  const waitsFor = new Map<string, number>()
  for (const { child, parent } of edges) {
    waitsFor.set(child, waitsFor.get(child) ?? 0)
    waitsFor.set(parent, (waitsFor.get(parent) ?? 0) + 1)
  }
  const open = [...waitsFor.keys()].filter((node) => waitsFor.get(node) === 0)
  let done = 0
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    done++
    for (const next of above.get(node) ?? []) {
      const left = (waitsFor.get(next) ?? 0) - 1
      waitsFor.set(next, left)
      if (left === 0) open.push(next)
    }
  }
  return done < waitsFor.size
}

const longest = (next: Map<string, string[]>, start: string, isLevel: (id: string) => boolean): number => {
  const known = new Map<string, number>()
  const path = new Set<string>()
  const from = (node: string): number => {
    const before = known.get(node)
    if (before !== undefined) return before
    if (path.has(node)) throw new Error('the graph has a cycle')
    path.add(node)
    let levels = 0
    for (const end of next.get(node) ?? []) levels = Math.max(levels, from(end) + (isLevel(end) ? 1 : 0))
    path.delete(node)
    known.set(node, levels)
    return levels
  }
  return from(start)
}

const everyNode = (): boolean => true

/**
 * Levels on the longest way up from a node, itself not counted (section 4). `isLevel` says which nodes are levels:
 * objectives are, the key results between them are not. Throws on a cycle.
 */
export const levelsAbove = (
  edges: readonly Edge[],
  node: string,
  isLevel: (id: string) => boolean = everyNode,
): number => longest(adjacency(edges, 'child', 'parent'), node, isLevel)

/** Levels on the longest way down from a node, itself not counted (section 4). Throws on a cycle. */
export const levelsBelow = (
  edges: readonly Edge[],
  node: string,
  isLevel: (id: string) => boolean = everyNode,
): number => longest(adjacency(edges, 'parent', 'child'), node, isLevel)

/** The largest number of objectives on one way through the alignment graph (section 4). */
export const deepestAlignment = 16
