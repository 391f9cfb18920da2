import type { Context } from '../../api/operation.ts'
import { Problem } from '../../api/problem.ts'
import { explainKeyResult, explainObjective, hideItems } from '../../scoring/index.ts'
import { readGoals } from '../goals/goal.read.ts'
import { asScored, storedScores } from '../goals/goal.scores.ts'
import { readableObjectives } from '../goals/goal.sight.ts'
import { type FrozenLevel, frozenByGoal, frozenByHash } from './explanation.frozen.ts'
import type { ExplanationItem, ExplanationNode } from './explanation.schema.ts'

/** A goal to explain; `sha256` where a frozen explanation above names the one it means. */
export type GoalRef = { type: 'objective' | 'key_result'; id: string; sha256?: string | null }
export type Level = FrozenLevel & { sha256: string | null }
/** Progress as started of a goal; undefined where nothing was moved. */
export type StartedOf = (id: string) => number | null | undefined

/** The most items one answer holds. */
export const mostNodes = 5_000

const keyOf = ({ id, sha256 }: GoalRef): string => sha256 ?? id

/** One level each of the given goals: frozen where they are closed, else from the stored scores of their items. */
export const levelsOf = async (
  ctx: Context,
  goals: readonly GoalRef[],
  startedOf: StartedOf,
): Promise<Map<string, Level>> => {
  const hashes = goals.flatMap(({ sha256 }) => sha256 ?? [])
  const open = goals.filter(({ sha256 }) => !sha256)
  const [byHash, byGoal] = await Promise.all([
    hashes.length === 0 ? new Map<string, Level>() : frozenByHash(ctx, hashes),
    open.length === 0
      ? new Map<string, Level>()
      : frozenByGoal(
          ctx,
          open.map(({ id }) => id),
        ),
  ])
  const live = await liveLevels(
    ctx,
    open.filter(({ id }) => !byGoal.has(id)),
    startedOf,
  )
  return new Map([...byHash, ...byGoal, ...live])
}

/** One level each, as it follows from what is stored now. */
const liveLevels = async (
  ctx: Context,
  goals: readonly GoalRef[],
  startedOf: StartedOf,
): Promise<Map<string, Level>> => {
  if (goals.length === 0) return new Map()
  const idsOf = (wanted: GoalRef['type']) => goals.filter(({ type }) => type === wanted).map(({ id }) => id)
  const objectiveIds = new Set(idsOf('objective'))
  const keyResultIds = new Set(idsOf('key_result'))
  const read = await readGoals(ctx, { objectiveIds: [...objectiveIds], keyResultIds: [...keyResultIds], climb: false })
  const scoreOf = storedScores(read, ctx.today)
  const explained = [
    ...read.input.objectives
      .filter(({ id }) => objectiveIds.has(id))
      .map((input) => explainObjective(input, ctx.today, scoreOf)),
    ...read.input.keyResults
      .filter(({ id }) => keyResultIds.has(id))
      .map((input) => explainKeyResult(asScored(read, input), ctx.today, scoreOf)),
  ]
  return new Map(
    explained.map((level) => [
      level.id,
      {
        ...level,
        progressAsStarted: asStarted(startedOf, level),
        explainedOn: ctx.today,
        sha256: null,
        items: level.items.map((item) => ({ ...item, sha256: null })),
      },
    ]),
  )
}

const asStarted = (startedOf: StartedOf, { id, progress }: { id: string; progress: number | null }): number | null => {
  const started = startedOf(id)
  return started === undefined ? progress : started
}

type Place = { goal: GoalRef; put: (node: ExplanationNode) => void }

/** Explains a goal down to a depth, level by level: a few statements for each, however wide it is. */
export const explain = async (
  ctx: Context,
  root: GoalRef,
  depth: number,
  startedOf: StartedOf,
): Promise<{ node: ExplanationNode; truncated: boolean }> => {
  let answer: ExplanationNode | undefined
  let room = mostNodes
  let truncated = false
  let places: Place[] = [{ goal: root, put: () => {} }]
  for (let at = 1; at <= depth && places.length > 0; at++) {
    const found = await levelsOf(
      ctx,
      places.map(({ goal }) => goal),
      startedOf,
    )
    const below = [...found.values()].flatMap(({ items, excluded }) => [...items, ...excluded])
    const seen = await readableObjectives(
      ctx,
      below.flatMap(({ type, id }) => (type === 'objective' ? [id] : [])),
    )
    const next: Place[] = []
    for (const { goal, put } of places) {
      const level = found.get(keyOf(goal))
      if (!level) continue
      const size = level.items.length + level.excluded.length
      if (size > room) truncated = true
      // The goal asked for is explained all the same: what does not fit is merged, so that the sum still holds.
      if (size > room && answer) continue
      let left = room
      const shown = hideItems(level, ({ type, id }) => (type !== 'objective' || seen.has(id)) && left-- > 0)
      room -= size
      const items = shown.items.map((item): ExplanationItem => ({ ...item, explanation: null }) as ExplanationItem)
      const node = { ...shown, items } as unknown as ExplanationNode
      put(node)
      answer ??= node
      for (const item of items) {
        if (item.type === 'initiative') continue
        const { type, id, sha256 } = item
        next.push({ goal: { type, id, sha256 }, put: (explanation) => Object.assign(item, { explanation }) })
      }
    }
    places = next
  }
  if (!answer) throw new Problem('not_found')
  return { node: answer, truncated }
}
