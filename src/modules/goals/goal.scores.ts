import { cascade, type KeyResultInput, type ScoreOf } from '../../scoring/index.ts'
import type { Goals } from './goal.read.ts'

/** The scores of goals as stored; those of initiatives, which are not, as they follow from what was read. */
export const storedScores = ({ input }: Goals, today: string): ScoreOf => {
  const initiatives = cascade({ ...input, keyResults: [], objectives: [] }, today)
  return (id) => {
    const score = input.known.get(id) ?? initiatives.get(id)
    if (!score) throw new Error(`no score of ${id} was read`)
    return score
  }
}

/** A key result whose numbers are those stored: time that passed since it was last scored is left out. */
export const asScored = ({ input }: Goals, keyResult: KeyResultInput): KeyResultInput => {
  const scoredOn = input.known.get(keyResult.id)?.scoredOn ?? null
  const { settledOn = null } = keyResult
  return {
    ...keyResult,
    settledOn: settledOn !== null && scoredOn !== null && settledOn < scoredOn ? settledOn : scoredOn,
  }
}
