import { isDeepStrictEqual } from 'node:util'
import { v7 } from 'uuid'
import type { Context } from '../../api/operation.ts'
import { query } from '../../db/statement.ts'
import { cascade, healthOn, type NodeScore, scoringVersion } from '../../scoring/index.ts'
import { type Locked, requireLocked } from './goal.lock.ts'
import type { KeyResultRow, ObjectiveRow } from './goal.queries.ts'
import { isSettled, readGoals } from './goal.read.ts'
import type { ReadingsRow } from './goal.readings.ts'

export type Cause = { type: string; id: string }

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
 */
export const rescore = async (
  ctx: Context,
  locking: Locked | Promise<Locked>,
  seeds: { objectiveIds?: readonly string[]; keyResultIds?: readonly string[] },
  causeOf: (id: string) => Cause,
): Promise<Rescored> => {
  // Sent behind the lock without waiting for it: each statement sees what is committed when its turn comes.
  const [locked, { objectives, keyResults, readings, input }] = await Promise.all([locking, readGoals(ctx, seeds)])
  requireLocked(
    ctx,
    locked,
    [...objectives.values()].map(({ graphId }) => graphId),
  )
  const isOpen = ({ id }: { id: string }): boolean => {
    const row = keyResults.get(id) ?? objectives.get(id)
    return row === undefined || !isSettled(row)
  }
  const rescored = input.keyResults.filter(isOpen)
  const scores = cascade({ ...input, keyResults: rescored, objectives: input.objectives.filter(isOpen) }, ctx.today)
  const changed = [...scores].flatMap(([id, after]) => {
    const row = keyResults.get(id) ?? objectives.get(id)
    return row && !sameScore(row.score, after)
      ? [{ id, isKeyResult: keyResults.has(id), before: row.score, after }]
      : []
  })
  save(ctx, locked, changed, causeOf)
  saveReadings(
    ctx,
    rescored.map(({ id }) => keyResults.get(id) as KeyResultRow),
    readings,
  )
  return { objectives, keyResults, readings, scores, changed: new Set(changed.map(({ id }) => id)) }
}

type Changed = { id: string; isKeyResult: boolean; before: NodeScore | null; after: NodeScore }

/** Equal but for the day they were computed on: then nothing is written, and the stored day stays. */
const sameScore = (before: NodeScore | null, after: NodeScore): boolean =>
  before !== null &&
  isDeepStrictEqual({ ...before, scoredOn: '' }, { ...JSON.parse(JSON.stringify(after)), scoredOn: '' })

const save = (
  ctx: Context,
  { recordedAt }: Locked,
  changed: readonly Changed[],
  causeOf: (id: string) => Cause,
): void => {
  for (const table of ['key_results', 'objectives'] as const) {
    const rows = changed.filter(({ isKeyResult }) => isKeyResult === (table === 'key_results'))
    if (rows.length === 0) continue
    ctx.later(
      query(
        ctx.db,
        `${table}_save_score`,
        `update ${table} t set score = v.score, scored_at = $2, scoring_version = $3
         from unnest($4::uuid[], $5::jsonb[]) as v (id, score) where t.tenant_id = $1 and t.id = v.id`,
        [
          ctx.actor.tenantId,
          recordedAt,
          scoringVersion,
          rows.map(({ id }) => id),
          rows.map(({ after }) => JSON.stringify(after)),
        ],
      ),
    )
  }
  if (changed.length === 0) return
  ctx.later(appendPoints(ctx, recordedAt, changed, causeOf))
  for (const { id, isKeyResult, before, after } of changed) {
    const changes = changesOf(before, after, ctx.today)
    if (Object.keys(changes).length === 0) continue
    const type = isKeyResult ? 'key_result' : 'objective'
    ctx.emit({ type: `${type}.progress_changed`, subject: { type, id }, changes, cause: causeOf(id) })
  }
}

const told = ['attainment', 'progress', 'confidence', 'coverage'] as const

const changesOf = (before: NodeScore | null, after: NodeScore, today: string): Record<string, [unknown, unknown]> => {
  const health = [before ? healthOn(before.timeline, today).effective : null, healthOn(after.timeline, today).effective]
  const numbers = told.flatMap((key) =>
    (before?.[key] ?? null) === after[key] ? [] : [[key, [before?.[key] ?? null, after[key]]]],
  )
  return Object.fromEntries(health[0] === health[1] ? numbers : [...numbers, ['health', health]])
}

const appendPoints = (
  ctx: Context,
  recordedAt: string,
  changed: readonly Changed[],
  causeOf: (id: string) => Cause,
): Promise<unknown> => {
  const causes = changed.map(({ id }) => causeOf(id))
  const numbers = told.map((key) => changed.map(({ after }) => after[key]))
  return query(
    ctx.db,
    'score_points_append',
    `insert into score_points (tenant_id, id, objective_id, key_result_id, recorded_at, attainment, progress, confidence, coverage,
       timeline, cause_type, cause_id, scoring_version)
     select $1, v.id, v.objective_id, v.key_result_id, $2, v.attainment, v.progress, v.confidence, v.coverage, v.timeline, v.cause_type, v.cause_id, $3
     from unnest($4::uuid[], $5::uuid[], $6::uuid[], $7::float8[], $8::float8[], $9::float8[], $10::float8[], $11::jsonb[], $12::text[], $13::uuid[])
       as v (id, objective_id, key_result_id, attainment, progress, confidence, coverage, timeline, cause_type, cause_id)`,
    [
      ctx.actor.tenantId,
      recordedAt,
      scoringVersion,
      changed.map(() => v7()),
      changed.map(({ id, isKeyResult }) => (isKeyResult ? null : id)),
      changed.map(({ id, isKeyResult }) => (isKeyResult ? id : null)),
      ...numbers,
      changed.map(({ after }) => JSON.stringify(after.timeline)),
      causes.map(({ type }) => type),
      causes.map(({ id }) => id),
    ],
  )
}

/** What a key result repeats of its readings: the newest check-in and zone, and which steps are done. */
const saveReadings = (
  ctx: Context,
  rows: readonly KeyResultRow[],
  readings: ReadonlyMap<string, ReadingsRow>,
): void => {
  const moved = rows.flatMap((row) => {
    const said = readings.get(row.id)
    if (!said) return []
    const zone = row.kind === 'ordinal' ? (toZone(said) ?? null) : null
    const steps = row.steps?.map((step) => ({ ...step, done: said.steps?.[step.id] ?? false })) ?? null
    const same = row.lastCheckInId === said.lastCheckInId && row.zone === zone && isDeepStrictEqual(row.steps, steps)
    return same ? [] : [{ id: row.id, zone, steps, lastCheckInId: said.lastCheckInId }]
  })
  if (moved.length === 0) return
  ctx.later(
    query(
      ctx.db,
      'key_results_save_readings',
      `update key_results t set zone = v.zone, steps = v.steps, last_check_in_id = v.last_check_in_id
       from unnest($2::uuid[], $3::text[], $4::jsonb[], $5::uuid[]) as v (id, zone, steps, last_check_in_id)
       where t.tenant_id = $1 and t.id = v.id`,
      [
        ctx.actor.tenantId,
        moved.map(({ id }) => id),
        moved.map(({ zone }) => zone),
        moved.map(({ steps }) => (steps ? JSON.stringify(steps) : null)),
        moved.map(({ lastCheckInId }) => lastCheckInId),
      ],
    ),
  )
}

const toZone = ({ readings }: ReadingsRow): string | null | undefined => readings?.at(-1)?.[2]
