import { canonicalInstant } from '../../api/fields.ts'
import { findMany } from '../../api/find-many.ts'
import { located } from '../../api/located.ts'
import { newId } from '../../api/new-id.ts'
import type { Context } from '../../api/operation.ts'
import { inputProblem, Problem } from '../../api/problem.ts'
import { query } from '../../db/statement.ts'
import { authorOf } from '../goals/goal.author.ts'
import type { CheckIn, CheckInItem } from './check-in.input.ts'
import { checkIn } from './check-in.resource.ts'

/** The same external id or check-in twice in one set: neither would be the one that counts. */
export const requireOnce = async (items: readonly CheckInItem[]): Promise<void> => {
  const seen = new Set<string>()
  for (const [index, { id, externalId }] of items.entries()) {
    await located(items.length, index, async () => {
      if (id && seen.has(id)) throw new Problem('conflict', 'The same check-in is corrected in the batch twice')
      if (externalId && seen.has(externalId))
        throw new Problem('external_id_taken', 'Another item has the same external id')
    })
    for (const name of [id, externalId]) if (name) seen.add(name)
  }
}

/** The row each item corrects: by id, or by an external id that is known. 409 when it was corrected before. */
export const correctedBy = async (ctx: Context, items: readonly CheckInItem[]): Promise<(CheckIn | undefined)[]> => {
  if (!items.some(({ id, externalId }) => id || externalId)) return []
  const known = await query<{ id: string; external_id: string }>(
    ctx.db,
    'check_ins_by_external_id',
    'select id, external_id from check_ins where tenant_id = $1 and external_id = any($2) and superseded_at is null',
    [ctx.actor.tenantId, items.flatMap(({ externalId }) => externalId ?? [])],
  )
  const byExternalId = new Map(known.map((row) => [row.external_id, row.id]))
  const ids = items.map(({ id, externalId }) => id ?? byExternalId.get(externalId ?? ''))
  const rows = (await findMany(
    ctx,
    checkIn,
    ids.filter((id) => id !== undefined),
  )) as unknown as CheckIn[]
  const byId = new Map(rows.map((row) => [row.id, row]))
  return Promise.all(
    ids.map((id, index) =>
      located(items.length, index, async () => {
        if (id === undefined) return undefined
        const row = byId.get(id)
        if (!row) throw new Problem('not_found')
        if (row.supersededAt) throw new Problem('superseded', 'A newer check-in has taken its place; correct that one')
        if (row.voided) throw new Problem('superseded', 'It was voided')
        const { keyResultId } = items[index] ?? {}
        if (keyResultId !== undefined && keyResultId !== row.keyResultId)
          throw inputProblem('invalid_input', '/keyResultId', 'cannot be changed once created')
        return row
      }),
    ),
  )
}

/** The row a check-in becomes. A machine's correction leaves it with who said it. */
export const rowOf = async (
  ctx: Context,
  item: CheckInItem,
  keyResultId: string,
  before: CheckIn | null,
  carried: boolean,
): Promise<CheckIn> => {
  const { step, effectiveAt, authorId, keyResultId: _keyResult, id: _id, ...said } = item
  const author = await authorOf(ctx, authorId)
  const kept = before ?? {
    externalId: null,
    value: null,
    zone: null,
    stepId: null,
    stepDone: null,
    confidence: null,
    reportedHealth: null,
    note: null,
  }
  return {
    ...kept,
    ...said,
    ...(step === undefined ? {} : { stepId: step?.id ?? null, stepDone: step?.done ?? null }),
    tenantId: ctx.actor.tenantId,
    id: newId(),
    keyResultId,
    version: 1,
    createdAt: ctx.now,
    updatedAt: ctx.now,
    deletedAt: null,
    effectiveAt: effectiveAt ? canonicalInstant(effectiveAt) : (before?.effectiveAt ?? ctx.now),
    recordedAt: ctx.now,
    ...(before && !author.byPerson ? { authorId: before.authorId, byPerson: before.byPerson } : author),
    supersedesId: before?.id ?? null,
    supersededAt: null,
    voided: false,
    carried: before?.carried ?? carried,
  }
}

/** Marks what was corrected, with the instant the lock has set. Throws 409 when somebody was first. */
export const supersede = async (ctx: Context, old: readonly CheckIn[]): Promise<void> => {
  if (old.length === 0) return
  const rows = await query(
    ctx.db,
    'check_ins_supersede',
    `update check_ins set superseded_at = current_setting('app.recorded_at')::timestamptz, external_id = null,
       version = version + 1, updated_at = $3
     where tenant_id = $1 and id = any($2) and superseded_at is null and not voided returning id`,
    [ctx.actor.tenantId, old.map(({ id }) => id), ctx.now],
  )
  if (rows.length < new Set(old.map(({ id }) => id)).size) throw new Problem('superseded')
}
