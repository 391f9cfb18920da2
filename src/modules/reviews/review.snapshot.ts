import type { Context } from '../../api/operation.ts'
import { query } from '../../db/statement.ts'
import { type Commitment, type NodeState, scoringVersion } from '../../scoring/index.ts'
import { freeze } from '../closing/closing.freeze.ts'
import { canonicalJson, sha256 } from '../explanation/canonical-json.ts'
import { loadAsStarted } from '../goals/goal.as-started.ts'
import { lockForWrite } from '../goals/goal.write.ts'

/** One objective of the subject as it stood. */
export type SnapshotObjective = {
  objectiveId: string
  cycleId: string
  title: string
  commitment: Commitment
  state: NodeState
  progress: number | null
  grade: number | null
  /** Of its frozen explanation, which names those of everything below it. */
  explanationSha256: string | null
}

export type SnapshotBody = {
  reviewCycleId: string
  subjectId: string
  takenAt: string
  scoringVersion: number
  objectives: SnapshotObjective[]
}

// What is private is between its owner and administrators: it informs no review. A draft is no goal yet.
const ownText = `
  select o.owner_user_id as "subjectId", o.id as "objectiveId", o.cycle_id as "cycleId", o.title, o.commitment, o.state,
    o.progress, o.grade
  from objectives o where o.tenant_id = $1 and o.owner_user_id = any($2) and o.cycle_id = any($3)
    and o.visibility <> 'private' and o.state <> 'draft' and o.deleted_at is null order by o.id`

type Own = Omit<SnapshotObjective, 'explanationSha256'> & { subjectId: string }

/**
 * Looks at the goals of these people in the OKR cycles a review cycle covers and keeps what it sees, with everything
 * below that explains it; answers the SHA-256 of each person's snapshot. Holds the goal graphs, so that the numbers of
 * one snapshot belong to one moment.
 */
export const takeSnapshots = async (
  ctx: Context,
  { id, okrCycleIds }: { id: string; okrCycleIds: readonly string[] },
  subjectIds: readonly string[],
): Promise<Map<string, string>> => {
  if (okrCycleIds.length > 0) await lockForWrite(ctx, { cycleIds: okrCycleIds })
  const own = await query<Own>(ctx.db, 'snapshot_objectives', ownText, [ctx.actor.tenantId, subjectIds, okrCycleIds])
  const objectiveIds = own.map(({ objectiveId }) => objectiveId)
  const roots = objectiveIds.map((objectiveId) => ({ type: 'objective' as const, id: objectiveId }))
  const hashes = roots.length === 0 ? new Map() : await freeze(ctx, roots, await loadAsStarted(ctx, objectiveIds))
  const bodies = subjectIds.map((subjectId) => {
    const objectives = own
      .filter((row) => row.subjectId === subjectId)
      .map(({ subjectId: _same, ...row }) => ({ ...row, explanationSha256: hashes.get(row.objectiveId) ?? null }))
    const snapshot: SnapshotBody = { reviewCycleId: id, subjectId, takenAt: ctx.now, scoringVersion, objectives }
    const body = canonicalJson(snapshot)
    return { subjectId, body, sha256: sha256(body) }
  })
  ctx.later(
    query(
      ctx.db,
      'goal_snapshots_keep',
      `insert into goal_snapshots (tenant_id, sha256, body, scoring_version)
       select $1, v.sha256, v.body, $4 from unnest($2::text[], $3::text[]) as v (sha256, body) on conflict do nothing`,
      [ctx.actor.tenantId, bodies.map((each) => each.sha256), bodies.map(({ body }) => body), scoringVersion],
    ),
  )
  return new Map(bodies.map((each) => [each.subjectId, each.sha256]))
}

/** The bytes of a snapshot, by the hash they were kept under. */
export const snapshotText = async ({ db, actor }: Context, hash: string): Promise<string | undefined> =>
  (
    await query<{ body: string }>(
      db,
      'goal_snapshot_body',
      'select body from goal_snapshots where tenant_id = $1 and sha256 = $2',
      [actor.tenantId, hash],
    )
  )[0]?.body
