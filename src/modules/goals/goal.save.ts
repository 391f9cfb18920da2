import { isDeepStrictEqual } from 'node:util'
import { newId } from '../../api/new-id.ts'
import type { Context } from '../../api/operation.ts'
import { jsonbArray, uuidArray } from '../../db/binary-arrays.ts'
import { query } from '../../db/statement.ts'
import { healthOn, type NodeScore, scoringVersion } from '../../scoring/index.ts'
import type { Locked } from './goal.lock.ts'
import type { KeyResultRow } from './goal.queries.ts'
import { lastZone, type ReadingsRow } from './goal.readings.ts'
import { saveSlices } from './goal.slices.ts'

export type Cause = { type: string; id: string }
export type Changed = { id: string; isKeyResult: boolean; before: NodeScore | null; after: NodeScore }

/**
 * Writes what a cascade changed: the scores, a score point and an event for each. Also what key results repeat of their
 * readings. What one statement can take is not awaited: it travels with the commit.
 */
export const saveScores = async (
  ctx: Context,
  { recordedAt }: Locked,
  work: { changed: readonly Changed[]; read: readonly KeyResultRow[]; readings: ReadonlyMap<string, ReadingsRow> },
  causeOf: (id: string) => Cause,
): Promise<void> => {
  const { changed } = work
  const objectives = changed.filter(({ isKeyResult }) => !isKeyResult)
  await saveSlices(ctx, savedOf(work), (slice) => saveKeyResults(ctx, recordedAt, slice))
  await saveSlices(ctx, objectives, (slice) => saveObjectives(ctx, recordedAt, slice))
  await saveSlices(ctx, changed, (slice) => appendPoints(ctx, recordedAt, slice, causeOf))
  for (const { id, isKeyResult, before, after } of changed) {
    const changes = changesOf(before, after, ctx.today)
    if (Object.keys(changes).length === 0) continue
    const type = isKeyResult ? 'key_result' : 'objective'
    ctx.emit({ type: `${type}.progress_changed`, subject: { type, id }, changes, cause: causeOf(id) })
  }
}

type Saved = Pick<KeyResultRow, 'id' | 'zone' | 'steps' | 'lastCheckInId'> & { score: NodeScore | undefined }

/** Of the key results read those that are to be written. */
const savedOf = ({ changed, read, readings }: Parameters<typeof saveScores>[2]): Saved[] => {
  const scores = new Map(changed.map(({ id, after }) => [id, after]))
  return read.flatMap((row) => {
    const said = readings.get(row.id)
    const score = scores.get(row.id)
    const zone = row.kind === 'ordinal' ? lastZone(said) : null
    const steps = row.steps?.map((step) => ({ ...step, done: said?.steps?.[step.id] ?? false })) ?? null
    const lastCheckInId = said ? said.lastCheckInId : row.lastCheckInId
    const same = row.lastCheckInId === lastCheckInId && row.zone === zone && isDeepStrictEqual(row.steps, steps)
    return score === undefined && same ? [] : [{ id: row.id, score, zone, steps, lastCheckInId }]
  })
}

/** The score, the newest check-in and zone, and which steps are done, in one statement. */
const saveKeyResults = ({ db, actor }: Context, recordedAt: string, rows: readonly Saved[]): Promise<unknown> =>
  query(
    db,
    'key_results_save',
    `update key_results t set score = coalesce(v.score, t.score), scored_at = $2, scoring_version = $3,
       zone = v.zone, steps = v.steps, last_check_in_id = v.last_check_in_id
     from unnest($4::uuid[], $5::jsonb[], $6::text[], $7::jsonb[], $8::uuid[]) as v (id, score, zone, steps, last_check_in_id)
     where t.tenant_id = $1 and t.id = v.id`,
    [
      actor.tenantId,
      recordedAt,
      scoringVersion,
      uuidArray(rows.map(({ id }) => id)),
      jsonbArray(rows.map(({ score }) => (score ? JSON.stringify(score) : null))),
      rows.map(({ zone }) => zone),
      jsonbArray(rows.map(({ steps }) => (steps ? JSON.stringify(steps) : null))),
      uuidArray(rows.map(({ lastCheckInId }) => lastCheckInId)),
    ],
  )

const saveObjectives = ({ db, actor }: Context, recordedAt: string, rows: readonly Changed[]): Promise<unknown> =>
  query(
    db,
    'objectives_save',
    `update objectives t set score = v.score, scored_at = $2, scoring_version = $3
     from unnest($4::uuid[], $5::jsonb[]) as v (id, score) where t.tenant_id = $1 and t.id = v.id`,
    [
      actor.tenantId,
      recordedAt,
      scoringVersion,
      uuidArray(rows.map(({ id }) => id)),
      jsonbArray(rows.map(({ after }) => JSON.stringify(after))),
    ],
  )

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
      uuidArray(changed.map(() => newId())),
      uuidArray(changed.map(({ id, isKeyResult }) => (isKeyResult ? null : id))),
      uuidArray(changed.map(({ id, isKeyResult }) => (isKeyResult ? id : null))),
      ...numbers,
      jsonbArray(changed.map(({ after }) => JSON.stringify(after.timeline))),
      causes.map(({ type }) => type),
      uuidArray(causes.map(({ id }) => id)),
    ],
  )
}
