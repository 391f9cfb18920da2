import { calendarDay } from '../../api/clock.ts'
import type { Context } from '../../api/operation.ts'
import { inputProblem } from '../../api/problem.ts'
import { query } from '../../db/statement.ts'
import {
  cascade,
  healthOn,
  type KeyResultInput,
  type ObjectiveInput,
  type ReportedHealth,
  scoringVersion,
} from '../../scoring/index.ts'
import type { GoalRef } from '../explanation/explanation.build.ts'
import { type Goals, readGoals } from '../goals/goal.read.ts'
import { toReadings } from '../goals/goal.readings.ts'
import { exposedSinceClosed } from '../kpis/kpi.exposure.ts'
import type { Span } from './history.recorded.ts'
import type { ScorePoint } from './history.schema.ts'

type Said = {
  id: string
  keyResultId: string
  at: string
  value: number | null
  zone: string | null
  stepId: string | null
  stepDone: boolean | null
  confidence: number | null
  reportedHealth: ReportedHealth | null
  byPerson: boolean
}
/** `kpiId` where it is a value of the KPI the key result follows. */
type Spoken = Said & { day: string; kpiId?: string }

/** The most key results a history is computed from. */
const mostKeyResults = 5_000

// What counts in a goal, whichever way: key results of the objectives below it, and those added up in them.
const belowText = `
  with recursive below (id) as (
    select unnest($2::uuid[])
    union
    select child.id from below cross join lateral (
      select a.child_objective_id as id from alignments a
      where a.tenant_id = $1 and a.parent_objective_id = below.id and a.deleted_at is null and a.relation = 'contributes'
      union all
      select a.child_objective_id from key_results k
      join alignments a on a.tenant_id = $1 and a.parent_key_result_id = k.id and a.deleted_at is null and a.relation = 'contributes'
      where k.tenant_id = $1 and k.objective_id = below.id and k.source = 'aligned' and k.deleted_at is null
      union all
      select c.objective_id from key_results k
      join key_result_links l on l.tenant_id = $1 and l.parent_key_result_id = k.id and l.deleted_at is null
      join key_results c on c.tenant_id = $1 and c.id = l.child_key_result_id and c.deleted_at is null
      where k.tenant_id = $1 and k.objective_id = below.id and k.source = 'rollup' and k.deleted_at is null
    ) child
  )
  select below.id as "objectiveId", k.id as "keyResultId" from below
  left join key_results k on k.tenant_id = $1 and k.objective_id = below.id and k.deleted_at is null
  order by below.id, k.id limit $3`

const saidText = `
  select id, key_result_id as "keyResultId", effective_at as at, value, zone, step_id as "stepId", step_done as "stepDone", confidence,
    reported_health as "reportedHealth", by_person as "byPerson"
  from check_ins where tenant_id = $1 and key_result_id = any($2) and superseded_at is null and not voided
  order by effective_at, recorded_at, id`

const byInstant = (one: Said, other: Said): number => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0)

const silent = { zone: null, stepId: null, stepDone: null, confidence: null, reportedHealth: null, byPerson: false }

/** The values of KPIs that key results follow: true on a day, so they are told by an instant of it. */
const followed = (
  { now, organization }: Context,
  { keyResults, readings }: Goals,
  hidden: ReadonlySet<string>,
): Spoken[] =>
  [...keyResults.values()].flatMap(({ id, kpiId }) =>
    (kpiId === null || hidden.has(id) ? [] : toReadings(readings.get(id))).map(({ day, value }): Spoken => {
      const times = ['00:00', '12:00', '23:59'].map((time) => `${day}T${time}:00.000Z`)
      const at = times.find((each) => calendarDay(new Date(each), organization.timeZone) === day) ?? now
      return { ...silent, id, keyResultId: id, at: at < now ? at : now, value, day, kpiId: kpiId ?? id }
    }),
  )

/** A key result as it was at an instant, by all that is known now. */
const inputAt = (input: KeyResultInput, all: readonly Spoken[], at: string, day: string): KeyResultInput => {
  const said = all.filter((each) => each.at <= at)
  const read = said.filter(
    ({ value, zone, stepId, day: on }) => (value ?? zone ?? stepId) !== null && on <= input.lastDay,
  )
  const byPeople = said.filter(({ byPerson }) => byPerson)
  const newest = byPeople.at(-1)
  const done = new Map(read.flatMap(({ stepId, stepDone }) => (stepId ? [[stepId, stepDone === true] as const] : [])))
  const settledOn = input.settledOn ?? null
  return {
    ...input,
    ...(input.state === 'closed' && settledOn !== null && day < settledOn ? { state: 'active' } : {}),
    steps: input.steps?.map((step) => ({ ...step, done: done.get(step.id) ?? false })) ?? null,
    readings: read
      .filter(({ stepId }) => stepId === null)
      .map(({ day: on, value, zone }) => ({ day: on, value, zone })),
    firstReadingDay: read[0]?.day ?? null,
    lastReadingDay: read.at(-1)?.day ?? null,
    reported: newest?.reportedHealth ? { health: newest.reportedHealth, day: newest.day } : null,
    confidence: byPeople.findLast(({ confidence }) => confidence !== null)?.confidence ?? null,
  }
}

/**
 * How a goal stood at past instants by all that is known now: its readings by effective time, its definition, weights and
 * alignments as they are; what is closed by what was known of its KPI then. One point for each day something was read; `asOf` asks for one instant instead.
 */
export const effectivePoints = async (
  ctx: Context,
  goal: GoalRef,
  objectiveId: string,
  { from, to, after, limit }: Span,
  asOf?: string,
): Promise<ScorePoint[]> => {
  const { actor, db, today, organization } = ctx
  const below = await query<{ objectiveId: string; keyResultId: string | null }>(db, 'history_below', belowText, [
    actor.tenantId,
    [objectiveId],
    mostKeyResults + 1,
  ])
  if (below.length > mostKeyResults)
    throw inputProblem('invalid_input', '/clock', `more than ${mostKeyResults} key results count in it`)
  const objectiveIds = [...new Set(below.map((row) => row.objectiveId))]
  const keyResultIds = below.flatMap((row) => row.keyResultId ?? [])
  const [goals, said, hidden] = await Promise.all([
    readGoals(ctx, { objectiveIds, keyResultIds, climb: false }),
    query<Said>(db, 'history_said', saidText, [actor.tenantId, keyResultIds]),
    exposedSinceClosed(ctx, keyResultIds),
  ])
  const spoken = [
    ...said.map((each): Spoken => ({ ...each, day: calendarDay(new Date(each.at), organization.timeZone) })),
    ...followed(ctx, goals, hidden),
  ].toSorted(byInstant)
  const byKeyResult = Map.groupBy(spoken, (each) => each.keyResultId)
  const under = goal.type === 'key_result' ? underKeyResult(goals.input.keyResults, goal.id, byKeyResult) : spoken
  const lastOfDay = new Map(under.map((each) => [each.day, each]))
  const moments = asOf
    ? [{ at: asOf, cause: null }]
    : [...lastOfDay.values()]
        .filter(({ at }) => at <= ctx.now && (!from || at >= from) && (!to || at <= to) && (!after || at > after))
        .slice(0, limit + 1)
        .map(({ at, id, kpiId }) => ({ at, cause: kpiId ? { type: 'kpi', id: kpiId } : { type: 'check_in', id } }))

  return moments.flatMap(({ at, cause }) => {
    const day = calendarDay(new Date(at), organization.timeZone)
    const objectives = goals.input.objectives.map(
      (input): ObjectiveInput => ({
        ...input,
        state:
          input.state === 'closed' && day < (goals.input.known.get(input.id)?.scoredOn ?? today)
            ? 'active'
            : input.state,
        reported: input.reported && input.reported.day <= day ? input.reported : null,
      }),
    )
    // Those count at what they were closed with.
    const told = goals.input.keyResults.filter(({ id }) => !hidden.has(id))
    const keyResults = told.map((input) => inputAt(input, byKeyResult.get(input.id) ?? [], at, day))
    const score = cascade({ ...goals.input, objectives, keyResults }, day).get(goal.id)
    if (!score) return []
    const { attainment, progress, confidence, coverage, timeline } = score
    const health = healthOn(timeline, day) as ScorePoint['health']
    return [
      { recordedAt: null, effectiveAt: at, attainment, progress, confidence, coverage, health, cause, scoringVersion },
    ]
  })
}

/** Readings of a key result itself; one that is measured by others moves with all that was read below it. */
const underKeyResult = (
  inputs: readonly KeyResultInput[],
  id: string,
  byKeyResult: ReadonlyMap<string, Spoken[]>,
): Spoken[] => {
  const source = inputs.find((input) => input.id === id)?.source
  if (source === undefined || source === 'checkins' || source === 'kpi') return byKeyResult.get(id) ?? []
  return [...byKeyResult.values()].flat().toSorted(byInstant)
}
