import type { Context } from '../../api/operation.ts'
import { inputProblem } from '../../api/problem.ts'
import { suggestGrade, verdictOf } from '../../scoring/index.ts'
import { loadAsStarted } from '../goals/goal.as-started.ts'
import { rescore } from '../goals/goal.rescore.ts'
import { allowTime, eachSlice, saveSlices } from '../goals/goal.slices.ts'
import { heldBy } from '../goals/goal.write.ts'
import { freeze } from './closing.freeze.ts'
import { closeKeyResultRows, closeRows, type Graded, saveGrades } from './closing.queries.ts'
import type { CloseInput, Closing } from './closing.schema.ts'

type Given = { grade?: number | undefined; reason?: string | undefined } | undefined

/** The grade of a progress: the one suggested, or another with its reason. 422 `reason_required`. */
const judgeGrade = (given: Given, progress: number | null, pointer: string) => {
  const suggestedGrade = suggestGrade(progress)
  const grade = given?.grade ?? suggestedGrade
  const reason = given?.reason ?? null
  if (grade !== suggestedGrade && reason === null)
    throw inputProblem('reason_required', pointer, `the grade suggested is ${suggestedGrade ?? 'none'}`)
  return { progress, suggestedGrade, grade, reason }
}

/**
 * Closes objectives that are active or achieved, with their key results: rescores them for the last time, grades them,
 * freezes how their numbers came about. Call it with their graphs held. `wish` speaks of a single objective.
 */
export const closeObjectives = async (ctx: Context, ids: readonly string[], wish?: CloseInput): Promise<Closing[]> => {
  allowTime(ctx, ids.length)
  const rows = await Promise.all([
    eachSlice(ids, (slice) => closeRows(ctx, slice)),
    eachSlice(ids, (slice) => closeKeyResultRows(ctx, slice)),
  ])
  const [objectives, keyResults] = [rows[0].toSorted(inIdOrder), rows[1].toSorted(inIdOrder)]
  requireOwn(
    wish,
    keyResults.map(({ id }) => id),
  )
  const keyResultIds = keyResults.map(({ id }) => id)
  const objectiveOf = new Map([
    ...ids.map((id) => [id, id] as const),
    ...keyResults.map(({ id, objectiveId }) => [id, objectiveId] as const),
  ])
  const { scores } = await rescore(ctx, heldBy(ctx), { objectiveIds: ids, keyResultIds }, (id) => ({
    type: 'objective',
    id: objectiveOf.get(id) ?? (ids[0] as string),
  }))
  const startedOf = await loadAsStarted(ctx, ids)
  const roots = [
    ...ids.map((id) => ({ type: 'objective' as const, id })),
    ...keyResultIds.map((id) => ({ type: 'key_result' as const, id })),
  ]
  const progressOf = (id: string): number | null => scores.get(id)?.progress ?? null
  const asStarted = (id: string): number | null => {
    const started = startedOf(id)
    return started === undefined ? progressOf(id) : started
  }
  const byId = new Map(wish?.keyResults.map((given, at) => [given.id, { given, at }]))
  const keyResultGrades = new Map(
    keyResultIds.map((id) => {
      const { given, at } = byId.get(id) ?? {}
      return [id, judgeGrade(given, progressOf(id), `/keyResults/${at}/reason`)]
    }),
  )
  const grades = new Map(ids.map((id) => [id, judgeGrade(wish, progressOf(id), '/reason')]))
  const hashes = await freeze(ctx, roots, startedOf)

  const kept = (all: typeof grades): Graded[] =>
    [...all].map(([id, { grade, reason }]) => ({ id, grade, reason, sha256: hashes.get(id) ?? null }))
  await saveSlices(ctx, kept(grades), (slice) => saveGrades(ctx, 'objectives', slice))
  await saveSlices(ctx, kept(keyResultGrades), (slice) => saveGrades(ctx, 'key_results', slice))
  const of = (id: string, graded: NonNullable<ReturnType<typeof grades.get>>) => ({
    ...graded,
    progressAsStarted: asStarted(id),
    explanationSha256: hashes.get(id) ?? null,
  })
  for (const { id } of keyResults) announce(ctx, 'key_result', id, keyResultGrades.get(id)?.grade ?? null)
  for (const { id } of objectives) announce(ctx, 'objective', id, grades.get(id)?.grade ?? null)
  const keyResultsOf = Map.groupBy(keyResults, ({ objectiveId }) => objectiveId)
  return objectives.map(({ id, title, commitment }) => {
    const graded = grades.get(id) as NonNullable<ReturnType<typeof grades.get>>
    return {
      objectiveId: id,
      title,
      ...of(id, graded),
      verdict: verdictOf(graded.grade, commitment),
      keyResults: (keyResultsOf.get(id) ?? []).map((row) => ({
        keyResultId: row.id,
        title: row.title,
        ...of(row.id, keyResultGrades.get(row.id) as typeof graded),
      })),
    }
  })
}

/** Postgres answers an UPDATE in any order. */
const inIdOrder = (one: { id: string }, other: { id: string }): number => (one.id < other.id ? -1 : 1)

/** Grades may be given to key results of the objective only. 422 `reference_not_found`. */
const requireOwn = (wish: CloseInput | undefined, keyResultIds: readonly string[]): void => {
  const at = wish?.keyResults.findIndex(({ id }) => !keyResultIds.includes(id)) ?? -1
  if (at >= 0)
    throw inputProblem(
      'reference_not_found',
      `/keyResults/${at}/id`,
      'no key result of this objective is closed with it',
    )
}

const announce = (ctx: Context, type: 'objective' | 'key_result', id: string, grade: number | null): void =>
  ctx.emit({ type: `${type}.closed`, subject: { type, id }, changes: { grade: [null, grade] } })
