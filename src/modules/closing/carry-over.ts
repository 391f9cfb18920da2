import { applyEntries } from '../../api/apply.ts'
import type { Entry } from '../../api/entries.ts'
import { findMany } from '../../api/find-many.ts'
import type { Context } from '../../api/operation.ts'
import { inputProblem, Problem } from '../../api/problem.ts'
import type { Row } from '../../api/store.ts'
import type { Writes } from '../../api/writes.ts'
import { query } from '../../db/statement.ts'
import { type CarryOverMode, carryOver } from '../../scoring/index.ts'
import type { CheckInItem } from '../check-ins/check-in.input.ts'
import { record } from '../check-ins/check-in.record.ts'
import { keyResult } from '../key-results/key-result.resource.ts'
import type { keyResults, Step } from '../key-results/key-result.table.ts'
import { keyResultWrites } from '../key-results/key-result.writes.ts'
import { objective } from '../objectives/objective.resource.ts'
import type { objectives } from '../objectives/objective.table.ts'
import { objectiveWrites } from '../objectives/objective.writes.ts'

type KeyResult = typeof keyResults.$inferSelect
type Objective = typeof objectives.$inferSelect
type Opening = { value: number | null; zone: string | null } | null

/** What became of one key result. */
type Carried = { keyResultId: string; outcome: 'carried' | 'reached'; carriedToId: string | null }
export type CarriedObjective = {
  objectiveId: string
  title: string
  outcome: 'carried' | 'reached'
  carriedToId: string | null
  keyResults: Carried[]
}

const keyResultsToCarry = async (ctx: Context, objectiveIds: readonly string[]): Promise<KeyResult[]> => {
  const rows = await query<{ id: string }>(
    ctx.db,
    'key_results_to_carry',
    `select id from key_results where tenant_id = $1 and objective_id = any($2) and deleted_at is null
       and state not in ('draft', 'cancelled')`,
    [ctx.actor.tenantId, objectiveIds],
  )
  return (await findMany(
    ctx,
    keyResult,
    rows.map(({ id }) => id),
  )) as unknown as KeyResult[]
}

/** A guardrail that holds is not reached: it is watched on in the next cycle. */
const outcomeOf = (row: KeyResult, mode: CarryOverMode) =>
  carryOver(
    {
      ...row,
      attainment: row.role === 'guardrail' ? null : row.attainment,
      value: row.score?.value ?? null,
    },
    mode,
  )

const objectiveEntry = (from: Objective, cycleId: string): Entry => {
  const { title, description, rationale, pillarId, ownerType, ownerId, contributors } = from
  const { commitment, progressSource, visibility, watchedKpiIds, tags, custom, templateId, id: carriedFromId } = from
  const kept = { title, description, rationale, pillarId, ownerType, ownerId, contributors, commitment }
  const decided = { progressSource, visibility, watchedKpiIds, tags, custom, templateId }
  return { create: { ...kept, ...decided, cycleId, carriedFromId, state: 'active' } }
}

const keyResultEntry = (from: KeyResult, definition: Row, objectiveId: string): Entry => {
  const { title, ownerId, source, kpiId, kpiWindow, role, weight, unit, cadence } = from
  const followed = kpiId === null ? {} : { kpiId, kpiWindow }
  const steps =
    (definition['steps'] as Step[] | null)?.map((step) => ({ title: step.title, weight: step.weight })) ?? null
  return {
    create: {
      ...definition,
      steps,
      objectiveId,
      title,
      ownerId,
      source,
      ...followed,
      role,
      weight,
      unit,
      cadence,
      state: 'active',
    },
  }
}

type Planned = { from: KeyResult; definition: Row; opening: Opening }

/**
 * Carries objectives into another cycle: new ones with `carriedFromId`, without the key results that were reached, and
 * with no check-ins but one opening reading each in mode `keep` (docs/scoring.md section 6). An objective with nothing
 * left to do is reported as reached. Call it with both graphs held.
 */
export const carryObjectives = async (
  ctx: Context,
  ids: readonly string[],
  cycleId: string,
  mode: CarryOverMode,
): Promise<CarriedObjective[]> => {
  const from = (await findMany(ctx, objective, ids)) as unknown as Objective[]
  const byObjective = Map.groupBy(await keyResultsToCarry(ctx, ids), ({ objectiveId }) => objectiveId)
  const plans = from.map((row) => {
    const reached: string[] = []
    const planned: Planned[] = []
    for (const of of byObjective.get(row.id) ?? []) {
      const found = outcomeOf(of, mode)
      if (found.outcome === 'reached') reached.push(of.id)
      else planned.push({ from: of, definition: found.definition as Row, opening: found.openingReading })
    }
    const isReached = reached.length > 0 && planned.every(({ from: { role } }) => role === 'guardrail')
    return { row, reached, planned: isReached ? [] : planned, isReached }
  })
  const carried = plans.filter(({ isReached }) => !isReached)
  const made = await write(
    ctx,
    objectiveWrites,
    carried.map(({ row }) => objectiveEntry(row, cycleId)),
  )
  const newIdOf = new Map(carried.map(({ row }, at) => [row.id, made[at]?.['id'] as string]))
  const all = carried.flatMap(({ row, planned }) =>
    planned.map((plan) => ({ ...plan, to: newIdOf.get(row.id) as string })),
  )
  const madeKeyResults = await namingOriginal(all, () =>
    write(
      ctx,
      keyResultWrites,
      all.map((plan) => keyResultEntry(plan.from, plan.definition, plan.to)),
    ),
  )
  const newKeyResultOf = new Map(all.map((plan, at) => [plan.from.id, madeKeyResults[at] as unknown as KeyResult]))
  const openings = all.flatMap((plan) => openingsOf(plan, newKeyResultOf.get(plan.from.id) as KeyResult))
  if (openings.length > 0) await record(ctx, openings, true)

  return plans.map(({ row, reached, planned }) => ({
    objectiveId: row.id,
    title: row.title,
    outcome: newIdOf.has(row.id) ? 'carried' : 'reached',
    carriedToId: newIdOf.get(row.id) ?? null,
    keyResults: [
      ...reached.map((id): Carried => ({ keyResultId: id, outcome: 'reached', carriedToId: null })),
      ...planned.map(
        ({ from: { id } }): Carried => ({
          keyResultId: id,
          outcome: 'carried',
          carriedToId: newKeyResultOf.get(id)?.id ?? null,
        }),
      ),
    ],
  }))
}

/** A key result that may not be carried is told by the one it is made of: nobody has seen the other. */
const namingOriginal = async <T>(plans: readonly Planned[], work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'key_result_exposes_kpi') throw error
    const [, at = '0'] = /^\/items\/(\d+)/.exec(error.errors[0]?.pointer ?? '') ?? []
    const { id, objectiveId } = (plans[Number(at)] as Planned).from
    throw inputProblem(error.code, '/id', `${error.message} (key result ${id} of objective ${objectiveId})`)
  }
}

const write = async <R>(ctx: Context, writes: Writes<R>, entries: Entry[]): Promise<Row[]> =>
  entries.length === 0 ? [] : (await applyEntries(ctx, writes as Writes, entries)).map(({ after }) => after)

/** The one reading a key result opens with; a milestone opens with a reading for each step that is done. */
const openingsOf = ({ definition, opening }: Planned, made: KeyResult): CheckInItem[] => {
  const keyResultId = made.id
  if (opening) return [{ keyResultId, ...(opening.zone === null ? { value: opening.value } : { zone: opening.zone }) }]
  const steps = (definition['steps'] as Step[] | null) ?? []
  return steps.flatMap((step, at) => {
    const id = made.steps?.[at]?.id
    return step.done && id ? [{ keyResultId, step: { id, done: true } }] : []
  })
}
