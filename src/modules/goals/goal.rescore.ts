import { isDeepStrictEqual } from 'node:util'
import type { Context } from '../../api/operation.ts'
import { cascade, type NodeScore } from '../../scoring/index.ts'
import { evaluateAlerts } from '../alerts/alert.evaluate.ts'
import { type Locked, requireLocked } from './goal.lock.ts'
import { isSettled, type KeyResultRow, type ObjectiveRow } from './goal.queries.ts'
import { readGoals } from './goal.read.ts'
import type { ReadingsRow } from './goal.readings.ts'
import { type Cause, type Changed, saveScores } from './goal.save.ts'
import { allowTime, mapInTurns, slicesOf } from './goal.slices.ts'

/** Everything a rescore read and found, for those who judge or answer with it. */
export type Rescored = {
  objectives: ReadonlyMap<string, ObjectiveRow>
  keyResults: ReadonlyMap<string, KeyResultRow>
  readings: ReadonlyMap<string, ReadingsRow>
  scores: ReadonlyMap<string, NodeScore>
  /** Whose stored score is another one now. */
  changed: ReadonlySet<string>
}

/**
 * Brings goals and everything above them up to date, in one cascade. Call it with the graphs locked, or the lock sent: it
 * trusts only what it reads after that. `keyResultIds` are scored anew from their readings, `objectiveIds` from their items; every
 * ancestor follows. Writes what changed, a score point and an event each; the statements end with the transaction.
 * `byTime` where nothing was written and a day has begun, maybe long ago: what follows a KPI and was scored later stays.
 */
export const rescore = async (
  ctx: Context,
  locking: Locked | Promise<Locked>,
  seeds: { objectiveIds?: readonly string[]; keyResultIds?: readonly string[]; byTime?: boolean },
  causeOf: (id: string) => Cause,
): Promise<Rescored> => {
  allowTime(ctx, (seeds.objectiveIds?.length ?? 0) + (seeds.keyResultIds?.length ?? 0))
  // Sent behind the lock without waiting for it: each statement sees what is committed when its turn comes.
  const [locked, { objectives, keyResults, readings, input, isWatched }] = await Promise.all([
    locking,
    readGoals(ctx, seeds),
  ])
  requireLocked(
    ctx,
    locked,
    [...objectives.values()].map(({ graphId }) => graphId),
  )
  const isOpen = ({ id }: { id: string }): boolean => {
    const row = keyResults.get(id) ?? objectives.get(id)
    return row === undefined || !isSettled(row)
  }
  const isAhead = ({ id }: { id: string }): boolean => {
    const row = keyResults.get(id)
    return seeds.byTime === true && row?.source === 'kpi' && row.score !== null && row.score.scoredOn > ctx.today
  }
  const rescored = input.keyResults.filter((each) => isOpen(each) && !isAhead(each))
  const scores = cascade({ ...input, keyResults: rescored, objectives: input.objectives.filter(isOpen) }, ctx.today)
  const changed = await mapInTurns([...scores], ([id, after]): Changed[] => {
    const row = keyResults.get(id) ?? objectives.get(id)
    return row && !sameScore(row.score, after)
      ? [{ id, isKeyResult: keyResults.has(id), before: row.score, after }]
      : []
  })
  const read = rescored.map(({ id }) => keyResults.get(id) as KeyResultRow)
  await saveScores(ctx, locked, { changed, read, readings }, causeOf)
  if (isWatched) await watch(ctx, [...objectives.keys(), ...keyResults.keys(), ...(seeds.objectiveIds ?? [])])
  return { objectives, keyResults, readings, scores, changed: new Set(changed.map(({ id }) => id)) }
}

/** Deleted objectives too: what was told of them is over. Of deleted key results the job hears. Ids are unique over all types. */
const watch = async (ctx: Context, ids: readonly string[]): Promise<void> => {
  for (const slice of slicesOf([...new Set(ids)]))
    await evaluateAlerts(ctx, { objectiveIds: slice, keyResultIds: slice })
}

/** Equal but for the day they were computed on: then nothing is written, and the stored day stays. */
const sameScore = (before: NodeScore | null, after: NodeScore): boolean =>
  before !== null &&
  isDeepStrictEqual({ ...before, scoredOn: '' }, { ...JSON.parse(JSON.stringify(after)), scoredOn: '' })
