import { inputProblem } from '../../api/problem.ts'
import type { Policy } from '../../scoring/index.ts'

/** The band of what is at risk lies beyond the one of what is on track. Throws 422. */
export const judgeBands = ({ bands }: Partial<Policy>): void => {
  if (bands && bands.onTrack > bands.atRisk)
    throw inputProblem('invalid_input', '/policy/bands', 'onTrack is at most atRisk')
}
