import { scoreInitiative } from './initiative.ts'
import { scoreKeyResult } from './key-result.ts'
import { scoreObjective } from './objective.ts'
import { readsOf } from './reads.ts'
import type { Day, InitiativeInput, KeyResultInput, NodeScore, ObjectiveInput } from './types.ts'

export type CascadeInput = {
  keyResults: readonly KeyResultInput[]
  objectives: readonly ObjectiveInput[]
  initiatives: readonly InitiativeInput[]
  /** Scores of nodes beside the given ones, as stored. */
  known: ReadonlyMap<string, NodeScore>
}

/** Scores of the given nodes, each beside its node, and the order in which they were found: what is read comes first. */
export type GraphScores = {
  initiatives: NodeScore[]
  keyResults: NodeScore[]
  objectives: NodeScore[]
}

/** Thrown when the given nodes read one another in a circle: a writer let a cycle through. */
export class ScoringCycle extends Error {
  override name = 'ScoringCycle'
}

/** Scores all given nodes, each after everything it reads, and tells each one when it is found. */
const scoreAll = (input: CascadeInput, today: Day, tell: (id: string, score: NodeScore) => void): NodeScore[] => {
  const { initiatives, keyResults, objectives, known } = input
  const { ids, starts, below, weights, plain, sorted } = readsOf(input)
  const nodes = ids.length
  const firstObjective = nodes - objectives.length
  const found: NodeScore[] = []
  found.length = nodes
  let asked = 0
  const scoreOf = (id: string): NodeScore => {
    // Asked for in the very order `readsOf` found them in, so that no id need be looked up again.
    const at = below[asked++]!
    const score = at < 0 ? known.get(id) : found[at]
    if (score === undefined) throw new Error(`no score of ${id} was given`)
    return score
  }
  const score = (at: number): NodeScore => {
    asked = starts[at]!
    if (at >= firstObjective) {
      const objective = objectives[at - firstObjective]!
      const known = plain[at] === 1 ? { from: asked, weights, below, found } : undefined
      return scoreObjective(objective, today, scoreOf, sorted.get(at) ?? objective.items, known)
    }
    if (at >= initiatives.length) return scoreKeyResult(keyResults[at - initiatives.length]!, today, scoreOf)
    return scoreInitiative(initiatives[at]!, today)
  }

  const settle = (at: number) => {
    const own = score(at)
    found[at] = own
    tell(ids[at]!, own)
  }
  for (let at = 0; at < firstObjective; at++) if (starts[at] === starts[at + 1]) settle(at)
  const next = starts.slice()
  const isOpen = new Uint8Array(nodes)
  const open: number[] = []
  // Of the rest, from the last to the first: most often parents were there before their children.
  for (let start = nodes - 1; start >= 0; start--) {
    if (found[start] === undefined) open.push(start)
    while (open.length > 0) {
      const at = open[open.length - 1]!
      isOpen[at] = 1
      let child = -1
      while (child < 0 && next[at]! < starts[at + 1]!) {
        const each = below[next[at]!++]!
        if (each >= 0 && found[each] === undefined) child = each
      }
      if (child < 0) settle(open.pop()!)
      else if (isOpen[child] === 0) open.push(child)
      else throw new ScoringCycle('the nodes read one another in a circle')
    }
  }
  return found
}

/**
 * Scores all given nodes as of a day, each after everything it reads, whatever their order (sections 2 to 5). Answers
 * the new scores of the given nodes only, what is read before what reads it. Ids are unique over all types. Throws `ScoringCycle` on a cycle, and an Error
 * when an item that counts is neither given nor known.
 */
export const cascade = (input: CascadeInput, today: Day): Map<string, NodeScore> => {
  const scores = new Map<string, NodeScore>()
  scoreAll(input, today, (id, score) => scores.set(id, score))
  return scores
}

/** The same for a whole graph, each score at the place of its node: a million ids take longer to look up than to score. */
export const scoreGraph = (input: CascadeInput, today: Day): GraphScores => {
  const found = scoreAll(input, today, () => {})
  const firstKeyResult = input.initiatives.length
  const firstObjective = firstKeyResult + input.keyResults.length
  return {
    initiatives: found.slice(0, firstKeyResult),
    keyResults: found.slice(firstKeyResult, firstObjective),
    objectives: found.slice(firstObjective),
  }
}
