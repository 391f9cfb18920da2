import type { Context } from '../../api/operation.ts'
import { query } from '../../db/statement.ts'
import {
  type Definition,
  keyResultProgressAsStarted,
  type NodeScore,
  progressAsStarted,
  type StartedItem,
} from '../../scoring/index.ts'
import type { Step } from '../key-results/key-result.table.ts'
import { type Goals, readGoals } from './goal.read.ts'
import { asScored, storedScores } from './goal.scores.ts'

type Moved = Record<string, { before: unknown }>
type Started = { weight?: number; definition: Partial<Definition> }

// Down to everything that counts in the given objectives, then from what was moved up again: only these need be read.
const movedText = `
  with recursive below (parent, id) as (
    select null::uuid, unnest($2::uuid[])
    union
    select below.id, child.id from below cross join lateral (
      select a.child_objective_id as id from alignments a
      where a.tenant_id = $1 and a.parent_objective_id = below.id and a.deleted_at is null and a.relation = 'contributes'
      union all
      select a.child_objective_id from key_results k
      join alignments a on a.tenant_id = $1 and a.parent_key_result_id = k.id and a.deleted_at is null and a.relation = 'contributes'
      where k.tenant_id = $1 and k.objective_id = below.id and k.source = 'aligned' and k.deleted_at is null
    ) child
  ), moved (id) as (
    select distinct below.id from below join key_results k on k.tenant_id = $1 and k.objective_id = below.id and k.deleted_at is null
    where k.state = 'cancelled' or exists (select from revisions r where r.tenant_id = $1 and r.key_result_id = k.id)
    union
    select below.parent from below join objectives o on o.tenant_id = $1 and o.id = below.id and o.deleted_at is null
    where o.state = 'cancelled' and below.parent is not null
    union
    select below.id from below join initiatives v on v.tenant_id = $1 and v.objective_id = below.id and v.deleted_at is null
    where v.state = 'cancelled' and v.weight > 0
    union
    select below.parent from moved join below on below.id = moved.id where below.parent is not null
  )
  select id from moved`

const revisionsText = `
  select r.key_result_id as "keyResultId", r.changes from revisions r
  join key_results k on k.tenant_id = $1 and k.id = r.key_result_id
  where r.tenant_id = $1 and k.objective_id = any($2) and k.deleted_at is null
  order by r.recorded_at, r.id`

/** What each revised key result was before its first revision of a member. */
const loadStarted = async ({ db, actor }: Context, objectiveIds: readonly string[]): Promise<Map<string, Started>> => {
  const rows = await query<{ keyResultId: string; changes: Moved }>(db, 'revisions_started', revisionsText, [
    actor.tenantId,
    objectiveIds,
  ])
  const started = new Map<string, Record<string, unknown>>()
  for (const { keyResultId, changes } of rows) {
    const members = started.get(keyResultId) ?? {}
    for (const [member, { before }] of Object.entries(changes)) if (!(member in members)) members[member] = before
    started.set(keyResultId, members)
  }
  return new Map(
    [...started].map(([id, { weight, state: _state, ...definition }]) => [
      id,
      { definition, ...(typeof weight === 'number' ? { weight } : {}) },
    ]),
  )
}

/** Steps of an earlier definition are as done as their readings say today. */
const withDone = (goals: Goals, id: string, { definition }: Started): Partial<Definition> => {
  if (!definition.steps) return definition
  const said = goals.readings.get(id)?.steps ?? {}
  return {
    ...definition,
    steps: (definition.steps as Step[]).map((step) => ({ ...step, done: said[step.id] ?? false })),
  }
}

/**
 * Progress as started (docs/scoring.md section 2) of objectives and their key results: undefined for what nothing was
 * moved in, whose progress as started is its progress.
 */
export const loadAsStarted = async (
  ctx: Context,
  objectiveIds: readonly string[],
): Promise<(id: string) => number | null | undefined> => {
  const moved = (await query<{ id: string }>(ctx.db, 'goals_moved', movedText, [ctx.actor.tenantId, objectiveIds])).map(
    ({ id }) => id,
  )
  if (moved.length === 0) return () => undefined
  const started = await loadStarted(ctx, moved)
  const goals = await readGoals(ctx, { objectiveIds: moved, keyResultIds: [...started.keys()], climb: false })
  const stored = storedScores(goals, ctx.today)
  const objectives = new Map(goals.input.objectives.map((input) => [input.id, input]))
  const keyResults = new Map(goals.input.keyResults.map((input) => [input.id, input]))
  const found = new Map<string, number | null | undefined>()

  const progressOf = (id: string): number | null | undefined => {
    if (!found.has(id)) found.set(id, compute(id))
    return found.get(id)
  }
  const itemOf = (id: string): StartedItem | undefined => {
    const progress = progressOf(id)
    const weight = started.get(id)?.weight
    if (progress === undefined && weight === undefined) return undefined
    return {
      progress: progress === undefined ? stored(id).progress : progress,
      ...(weight === undefined ? {} : { weight }),
    }
  }
  const scoreOf = (id: string): NodeScore => {
    const progress = progressOf(id)
    return progress === undefined ? stored(id) : { ...stored(id), progress }
  }
  const compute = (id: string): number | null | undefined => {
    const objective = objectives.get(id)
    if (objective) return progressAsStarted(objective, stored, itemOf)
    const keyResult = keyResults.get(id)
    if (goals.keyResults.get(id)?.state === 'cancelled') return 0
    if (!keyResult) return undefined
    const was = started.get(id)
    return keyResultProgressAsStarted(
      asScored(goals, keyResult),
      was ? withDone(goals, id, was) : {},
      ctx.today,
      scoreOf,
    )
  }
  return progressOf
}
