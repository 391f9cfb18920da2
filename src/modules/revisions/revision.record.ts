import { isDeepStrictEqual } from 'node:util'
import { newId } from '../../api/new-id.ts'
import type { Context } from '../../api/operation.ts'
import { inputProblem, Problem } from '../../api/problem.ts'
import { insertRows } from '../../api/store.ts'
import type { Change } from '../../api/writes.ts'
import { query } from '../../db/statement.ts'
import { heldBy } from '../goals/goal.write.ts'
import type { keyResults } from '../key-results/key-result.table.ts'
import { revision } from './revision.resource.ts'
import type { Moved } from './revision.table.ts'

type KeyResult = typeof keyResults.$inferSelect
type Draft = { reason: string; changes: Record<string, Moved> }

/** The goalposts: members that say what readings are worth. Waypoints and days say when, so they may move freely. */
const goalposts = [
  'baseline',
  'target',
  'min',
  'max',
  'exclusive',
  'mode',
  'period',
  'steps',
  'zones',
  'weight',
] as const

/** Of a step only its weight counts; its title and due day may change. */
const worth = (member: (typeof goalposts)[number], keyResult: KeyResult): unknown =>
  member === 'steps' ? keyResult.steps?.map(({ id, weight }) => ({ id, weight })) : keyResult[member]

const movedBy = (before: KeyResult, after: KeyResult): Record<string, Moved> => {
  const moved: Record<string, Moved> = {}
  for (const member of goalposts) {
    if (isDeepStrictEqual(worth(member, before), worth(member, after))) continue
    moved[member] = { before: before[member], after: after[member] }
  }
  if (before.state !== after.state && after.state === 'cancelled')
    moved['state'] = { before: before.state, after: after.state }
  return moved
}

const drafts = new WeakMap<Change<KeyResult>, Draft>()

const wasRead = async ({ db, actor }: Context, id: string): Promise<boolean> => {
  const rows = await query(
    db,
    'key_result_was_read',
    `select from check_ins where tenant_id = $1 and key_result_id = $2 and superseded_at is null and not voided
       and num_nonnulls(value, zone, step_id) = 1
     union all
     select from key_results where tenant_id = $1 and id = $2 and source = 'kpi' and (score ->> 'read')::boolean limit 1`,
    [actor.tenantId, id],
  )
  return rows.length > 0
}

/**
 * Moving the goalposts after the first reading needs a reason: 422 `reason_required`. Those of a closed key result stand:
 * 409 `invalid_transition`. Call it behind the graph lock.
 */
export const judgeRevision = async (ctx: Context, change: Change<KeyResult>): Promise<void> => {
  const { before, after } = change
  const said = after as KeyResult & { reason?: string }
  const { reason } = said
  // The reason belongs to the change, not to the key result.
  delete said.reason
  if (before === null) return
  const changes = movedBy(before, after)
  if (Object.keys(changes).length === 0) return
  if (before.state === 'closed') throw new Problem('invalid_transition', 'A closed key result keeps its definition')
  if (!(await wasRead(ctx, after.id))) return
  if (reason === undefined)
    throw inputProblem('reason_required', '/reason', `${Object.keys(changes).join(', ')} moved after the first reading`)
  drafts.set(change, { reason, changes })
}

/** Writes the revisions of changes that were judged, in the transaction of the change. */
export const recordRevisions = (ctx: Context, changes: readonly Change<KeyResult>[]): void => {
  const rows = changes.flatMap((change) => {
    const draft = drafts.get(change)
    if (!draft) return []
    const id = newId()
    const keyResultId = change.after.id
    ctx.emit({ type: 'key_result.revised', subject: { type: 'key_result', id: keyResultId } })
    return [
      {
        ...draft,
        tenantId: ctx.actor.tenantId,
        id,
        keyResultId,
        version: 1,
        createdAt: ctx.now,
        updatedAt: ctx.now,
        recordedAt: heldBy(ctx).recordedAt,
        authorId: ctx.actor.userId ?? ctx.actor.id,
      },
    ]
  })
  if (rows.length > 0) ctx.later(insertRows(ctx, revision, rows))
}
