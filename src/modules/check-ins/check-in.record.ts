import { v7 } from 'uuid'
import { canonicalInstant } from '../../api/fields.ts'
import { findMany } from '../../api/find-many.ts'
import { located } from '../../api/located.ts'
import type { Context } from '../../api/operation.ts'
import { inputProblem, Problem } from '../../api/problem.ts'
import { insertRows, type Row, updateRows } from '../../api/store.ts'
import { query } from '../../db/statement.ts'
import { lockGraphs } from '../goals/goal.lock.ts'
import { type Rescored, rescore } from '../goals/goal.rescore.ts'
import { mayChangeObjectiveOf, worksOn } from '../goals/goal.rules.ts'
import { keyResult } from '../key-results/key-result.resource.ts'
import type { keyResults } from '../key-results/key-result.table.ts'
import { type CheckIn, type CheckInItem, judgeReading } from './check-in.input.ts'
import { checkIn } from './check-in.resource.ts'

type KeyResult = typeof keyResults.$inferSelect

/** A new check-in, the one it supersedes if it corrects, and whether it takes a reading back. */
type Draft = { index: number; row: CheckIn; supersedes: CheckIn | null; item: CheckInItem }

export type Recorded = { checkIns: CheckIn[]; rescored: Rescored }

/**
 * Records check-ins and corrections as one set, with one cascade: find, allow, judge, lock, write, rescore. Append-only:
 * a correction is a new row that supersedes the old one, which keeps what was said and when. `carried` marks the opening
 * readings of goals carried over.
 */
export const record = async (ctx: Context, items: readonly CheckInItem[], carried = false): Promise<Recorded> => {
  const corrected = await correctedBy(ctx, items)
  const ids = items.map((item, index) => corrected[index]?.keyResultId ?? item.keyResultId)
  const found = await findKeyResults(
    ctx,
    ids.filter((id) => id !== undefined),
  )
  const mayCheckIn = permissionOf(ctx)

  const drafts: Draft[] = []
  for (const [index, item] of items.entries()) {
    drafts.push(
      await located(items.length, index, async () => {
        const of = found.get(ids[index] ?? '')
        if (!of)
          throw ids[index]
            ? new Problem('not_found', 'There is no such key result')
            : inputProblem('invalid_input', '/keyResultId', 'say which key result')
        if (!(await mayCheckIn(of))) throw new Problem('forbidden')
        const row = await rowOf(ctx, item, of.id, corrected[index] ?? null, carried)
        judgeReading(ctx, row, of)
        return { index, row, supersedes: corrected[index] ?? null, item }
      }),
    )
  }
  const keyResultIds = [...found.keys()]
  // One packet: each statement is executed when the lock before it has been granted, on what is committed then.
  const locking = lockGraphs(ctx, { keyResultIds })
  const superseding = supersede(ctx, drafts)
  const inserting = insertRows(
    ctx,
    checkIn,
    drafts.map(({ row }) => row),
    ['recordedAt'],
  )
  const rescoring = rescore(ctx, locking, { keyResultIds }, causesOf(drafts))
  const [checkIns, rescored] = await Promise.all([
    inserting as Promise<unknown> as Promise<CheckIn[]>,
    rescoring,
    superseding,
  ])
  for (const { index, row } of drafts)
    await located(items.length, index, async () => requireOpen(rescored, row.keyResultId))
  for (const { row, supersedes } of drafts) announce(ctx, row, supersedes)
  return { checkIns, rescored }
}

const findKeyResults = async (ctx: Context, ids: readonly string[]): Promise<Map<string, KeyResult>> => {
  const rows = (await findMany(ctx, keyResult, [...new Set(ids)])) as unknown as KeyResult[]
  return new Map(rows.filter(({ deletedAt }) => deletedAt === null).map((row) => [row.id, row]))
}

/** The row each item corrects: by id, or by an external id that is known. 409 when it was corrected before. */
const correctedBy = async (ctx: Context, items: readonly CheckInItem[]): Promise<(CheckIn | undefined)[]> => {
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
        return row
      }),
    ),
  )
}

/** The rule asks the database per key result, not per item: a batch repeats few of them. */
const permissionOf = (ctx: Context): ((keyResult: KeyResult) => Promise<boolean>) => {
  const answers = new Map<string, Promise<boolean>>()
  const { userId, roles } = ctx.actor
  const allowed = async ({ ownerId, objectiveId }: KeyResult): Promise<boolean> => {
    if (roles.includes('member') && userId !== null && ownerId === userId) return true
    if (await mayChangeObjectiveOf(ctx, objectiveId)) return true
    return roles.includes('member') && worksOn(ctx, objectiveId)
  }
  return (of) => {
    const known = answers.get(of.id) ?? allowed(of)
    answers.set(of.id, known)
    return known
  }
}

const rowOf = async (
  ctx: Context,
  item: CheckInItem,
  keyResultId: string,
  before: CheckIn | null,
  carried: boolean,
): Promise<CheckIn> => {
  const { step, effectiveAt, authorId, keyResultId: _keyResult, id: _id, ...said } = item
  const author = await authorOf(ctx, authorId, before)
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
    id: v7(),
    keyResultId,
    version: 1,
    createdAt: ctx.now,
    updatedAt: ctx.now,
    deletedAt: null,
    effectiveAt: effectiveAt ? canonicalInstant(effectiveAt) : (before?.effectiveAt ?? ctx.now),
    recordedAt: ctx.now,
    ...author,
    supersedesId: before?.id ?? null,
    supersededAt: null,
    voided: false,
    carried: before?.carried ?? carried,
  }
}

/** Keys of the role integration report as machines; every other credential has a person behind it. */
const authorOf = async (
  ctx: Context,
  wanted: string | undefined,
  before: CheckIn | null,
): Promise<Pick<CheckIn, 'authorId' | 'byPerson'>> => {
  const { actor, db } = ctx
  if (wanted === undefined || wanted === actor.userId) {
    const byMachine = actor.userId === null && actor.roles.includes('integration')
    return byMachine && before
      ? { authorId: before.authorId, byPerson: before.byPerson }
      : { authorId: actor.userId ?? actor.id, byPerson: !byMachine }
  }
  if (!actor.roles.includes('admin') && !actor.roles.includes('integration'))
    throw inputProblem('forbidden', '/authorId', 'only for yourself')
  const rows = await query(
    db,
    'author_exists',
    'select id from users where tenant_id = $1 and id = $2 and deleted_at is null',
    [actor.tenantId, wanted],
  )
  if (rows.length === 0) throw inputProblem('reference_not_found', '/authorId', 'there is no such user')
  return { authorId: wanted, byPerson: true }
}

const supersede = async (ctx: Context, drafts: readonly Draft[]): Promise<void> => {
  const old = drafts.flatMap(({ supersedes }) => (supersedes ? [supersedes] : []))
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

const causesOf = (drafts: readonly Draft[]) => {
  const [first] = drafts
  const byKeyResult = new Map(drafts.map(({ row }) => [row.keyResultId, row.id]))
  return (id: string) => ({ type: 'check_in', id: byKeyResult.get(id) ?? first?.row.id ?? id })
}

/** Judged on what was read behind the lock: the state may have changed while this writer waited. */
const requireOpen = ({ keyResults: rows, objectives }: Rescored, keyResultId: string): void => {
  const row = rows.get(keyResultId)
  const objective = row && objectives.get(row.objectiveId)
  if (!row || !objective) throw new Problem('not_found', 'There is no such key result')
  if (objective.cycleState === 'closed') throw new Problem('cycle_closed')
  for (const { state } of [row, objective]) {
    if (state === 'cancelled' || state === 'closed')
      throw new Problem('invalid_transition', `A goal that is ${state} takes no check-ins`)
  }
}

const announce = (ctx: Context, row: CheckIn, supersedes: CheckIn | null): void => {
  const changes = Object.fromEntries(
    (['value', 'confidence'] as const).flatMap((key) =>
      row[key] === (supersedes?.[key] ?? null) ? [] : [[key, [supersedes?.[key] ?? null, row[key]]]],
    ),
  ) as Record<string, [unknown, unknown]>
  ctx.emit({
    type: supersedes ? 'check_in.corrected' : 'check_in.created',
    subject: { type: 'check_in', id: row.id },
    changes,
  })
}

/** Takes a check-in back. It stays readable, marked, and counts no more. */
export const takeBack = async (ctx: Context, row: CheckIn): Promise<Row> => {
  const locking = lockGraphs(ctx, { keyResultIds: [row.keyResultId] })
  const [voided] = await updateRows(
    ctx,
    checkIn,
    ['voided', 'version', 'updatedAt'],
    [{ ...row, voided: true, version: row.version + 1, updatedAt: ctx.now }],
  )
  const rescored = await rescore(ctx, locking, { keyResultIds: [row.keyResultId] }, () => ({
    type: 'check_in',
    id: row.id,
  }))
  requireOpen(rescored, row.keyResultId)
  if (voided?.['supersededAt']) throw new Problem('superseded', 'A newer check-in has taken its place; void that one')
  ctx.emit({ type: 'check_in.voided', subject: { type: 'check_in', id: row.id } })
  return voided as Row
}
