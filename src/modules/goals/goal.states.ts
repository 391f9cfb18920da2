import { Problem } from '../../api/problem.ts'
import type { goalStates } from '../objectives/objective.table.ts'

type State = (typeof goalStates)[number]

const next: Record<State, readonly State[]> = {
  draft: ['active'],
  active: ['achieved', 'cancelled', 'deferred'],
  achieved: ['active'],
  cancelled: ['active'],
  deferred: ['active'],
  closed: [],
}

/** States change as docs/scoring.md section 8 says; closing and reopening are actions of their own. 409 otherwise. */
export const judgeTransition = (before: State, after: State): void => {
  if (before === after || next[before].includes(after)) return
  throw new Problem('invalid_transition', `A goal that is ${before} cannot become ${after}`)
}

/** Days run forward. */
export const daysInOrder = (first: string | null, last: string | null): boolean =>
  first === null || last === null || first <= last
