import { calendarDay } from '../../api/clock.ts'
import type { Context } from '../../api/operation.ts'
import { query } from '../../db/statement.ts'
import { healthOn } from '../../scoring/index.ts'
import type { GoalRef } from '../explanation/explanation.build.ts'
import type { ScorePoint } from './history.schema.ts'
import type { scorePoints } from './score-point.table.ts'

type Row = typeof scorePoints.$inferSelect

const columns = `id, recorded_at as "recordedAt", attainment, progress, confidence, coverage, timeline,
  cause_type as "causeType", cause_id as "causeId", scoring_version as "scoringVersion"`
const columnOf = { objective: 'objective_id', key_result: 'key_result_id' } as const

/** A point as it was known at its moment, or at a later one: health follows the calendar on its own. */
const pointOf = ({ organization }: Context, row: Row, at: string): ScorePoint => ({
  recordedAt: row.recordedAt,
  effectiveAt: null,
  attainment: row.attainment,
  progress: row.progress,
  confidence: row.confidence,
  coverage: row.coverage,
  health: healthOn(row.timeline, calendarDay(new Date(at), organization.timeZone)) as ScorePoint['health'],
  cause: { type: row.causeType, id: row.causeId },
  scoringVersion: row.scoringVersion,
})

export type Span = { from?: string | undefined; to?: string | undefined; after?: string | undefined; limit: number }

/** Points of a goal in the order they were recorded; one more than `limit` when there are more. */
export const recordedPoints = async (
  ctx: Context,
  { type, id }: GoalRef,
  { from, to, after, limit }: Span,
): Promise<ScorePoint[]> => {
  const rows = await query<Row>(
    ctx.db,
    `score_points_${type}`,
    `select ${columns} from score_points where tenant_id = $1 and ${columnOf[type]} = $2
       and recorded_at >= coalesce($3::timestamptz, '-infinity') and recorded_at <= coalesce($4::timestamptz, 'infinity')
       and recorded_at > coalesce($5::timestamptz, '-infinity')
     order by recorded_at limit $6`,
    [ctx.actor.tenantId, id, from ?? null, to ?? null, after ?? null, limit + 1],
  )
  return rows.map((row) => pointOf(ctx, row, row.recordedAt))
}

/** What was known of a goal at an instant: nothing that is written later changes it. */
export const knownAsOf = async (ctx: Context, { type, id }: GoalRef, asOf: string): Promise<ScorePoint[]> => {
  const rows = await query<Row>(
    ctx.db,
    `score_points_as_of_${type}`,
    `select ${columns} from score_points where tenant_id = $1 and ${columnOf[type]} = $2 and recorded_at <= $3
     order by recorded_at desc limit 1`,
    [ctx.actor.tenantId, id, asOf],
  )
  return rows.map((row) => pointOf(ctx, row, asOf))
}
