import { findMany } from '../../api/find-many.ts'
import { located } from '../../api/located.ts'
import type { Context } from '../../api/operation.ts'
import { inputProblem, Problem } from '../../api/problem.ts'
import { type Row, updateRows } from '../../api/store.ts'
import { toProblem } from '../../api/to-problem.ts'
import { Again } from '../../api/write.ts'
import { sendLock } from '../goals/goal.lock.ts'
import { type Rescored, rescore } from '../goals/goal.rescore.ts'
import { mayChangeObjectiveOf, worksOn } from '../goals/goal.rules.ts'
import { keyResult } from '../key-results/key-result.resource.ts'
import type { keyResults } from '../key-results/key-result.table.ts'
import { correctedBy, requireOnce, rowOf, supersede } from './check-in.corrections.ts'
import { type CheckIn, type CheckInItem, judgeReading } from './check-in.input.ts'
import { insertCheckIns } from './check-in.queries.ts'
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
  await requireOnce(items)
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
  const locking = sendLock(ctx, { keyResultIds })
  const superseding = supersede(
    ctx,
    drafts.flatMap(({ supersedes }) => supersedes ?? []),
  )
  const inserting = insertCheckIns(
    ctx,
    drafts.map(({ row }) => row),
  )
  const rescoring = rescore(ctx, locking, { keyResultIds }, causesOf(drafts))
  const written = Promise.all([locking, rescoring, inserting, superseding])
  const [{ recordedAt }, rescored] = await written.catch((error: unknown) => {
    // Somebody used the external id since it was looked for: the next attempt finds theirs, and corrects it.
    if (items.some(({ id, externalId }) => !id && externalId) && isTaken(error)) throw new Again('recorded meanwhile')
    throw error
  })
  for (const { index, row } of drafts)
    await located(items.length, index, async () => requireOpen(rescored, row.keyResultId))
  for (const { row, supersedes } of drafts) announce(ctx, row, supersedes)
  return { checkIns: drafts.map(({ row }) => ({ ...row, recordedAt })), rescored }
}

const isTaken = (error: unknown): boolean => ['external_id_taken', 'superseded'].includes(toProblem(error).code)

const findKeyResults = async (ctx: Context, ids: readonly string[]): Promise<Map<string, KeyResult>> => {
  const rows = (await findMany(ctx, keyResult, [...new Set(ids)])) as unknown as KeyResult[]
  return new Map(rows.filter(({ deletedAt }) => deletedAt === null).map((row) => [row.id, row]))
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

const causesOf = (drafts: readonly Draft[]) => {
  const [first] = drafts
  const byKeyResult = new Map(drafts.map(({ row }) => [row.keyResultId, row.id]))
  return (id: string) => ({ type: 'check_in', id: byKeyResult.get(id) ?? first?.row.id ?? id })
}

/** What is achieved counts at its last value, until it is made active again. */
const takesCheckIns: readonly string[] = ['draft', 'active', 'deferred']

/** Judged on what was read behind the lock: the state may have changed while this writer waited. */
const requireOpen = ({ keyResults: rows, objectives }: Rescored, keyResultId: string): void => {
  const row = rows.get(keyResultId)
  const objective = row && objectives.get(row.objectiveId)
  if (!row || !objective) throw new Problem('not_found', 'There is no such key result')
  if (objective.cycleState === 'closed') throw new Problem('cycle_closed')
  for (const { state } of [row, objective]) {
    if (!takesCheckIns.includes(state))
      throw new Problem('not_taking_check_ins', `A goal that is ${state} takes no check-ins`)
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
  const locking = sendLock(ctx, { keyResultIds: [row.keyResultId] })
  const voiding = updateRows(
    ctx,
    checkIn,
    ['voided', 'externalId', 'version', 'updatedAt'],
    // The external id is free again: a later check-in may come with it.
    [{ ...row, voided: true, externalId: null, version: row.version + 1, updatedAt: ctx.now }],
  )
  const cause = { type: 'check_in', id: row.id }
  const rescoring = rescore(ctx, locking, { keyResultIds: [row.keyResultId] }, () => cause)
  const [[voided], rescored] = await Promise.all([voiding, rescoring])
  requireOpen(rescored, row.keyResultId)
  if (voided?.['supersededAt']) throw new Problem('superseded', 'A newer check-in has taken its place; void that one')
  ctx.emit({ type: 'check_in.voided', subject: { type: 'check_in', id: row.id } })
  return voided as Row
}
