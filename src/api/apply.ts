import { isDeepStrictEqual } from 'node:util'
import { eventOf } from './change-event.ts'
import { byExternalId, type Entry, membersOf, requireOnce, withMembers } from './entries.ts'
import { resolveReferences } from './external-references.ts'
import { lockMany } from './find-many.ts'
import { located } from './located.ts'
import { mergePatch } from './merge-patch.ts'
import { newId } from './new-id.ts'
import type { Context } from './operation.ts'
import { inputProblem, Problem } from './problem.ts'
import { requireReferences } from './references.ts'
import { allColumns } from './select.ts'
import { insertRows, type Row, updateRows } from './store.ts'
import { toProblem } from './to-problem.ts'
import { Again } from './write.ts'
import { type Change, narrowed, type Writes } from './writes.ts'

/**
 * Carries out wishes as one set: lock, find (404), allow (403), versions (412), merge, references, rules, write, events,
 * consequences. One statement per step, however many entries. Throws the first Problem, its pointers led by the
 * entry's place when there are several.
 */
export const applyEntries = async (ctx: Context, w: Writes, given: readonly Entry[]): Promise<Change[]> => {
  const known = await byExternalId(ctx, w, given)
  const ids = given.map((entry) =>
    'id' in entry ? entry.id : 'upsert' in entry ? known.get(entry.upsert['externalId']) : undefined,
  )
  // New rows have their ids before they are stored, so that rows of one set can point to each other.
  const allIds = ids.map((id) => id ?? newId())
  const entries = await judgedEntries(w, await resolveReferences(ctx, w.resource, given, allIds))
  const wanted = [...new Set(ids.filter((id) => id !== undefined))]
  await requireOnce(entries, ids)
  await w.lock?.(ctx, { ids: wanted, inputs: entries.map(membersOf) })
  const stored = new Map((await lockMany(ctx, w.resource, wanted)).map((row) => [row['id'] as string, row]))

  const changes: Change[] = []
  for (const [index, entry] of entries.entries()) {
    changes.push(
      await located(entries.length, index, async () => {
        const before = ids[index] === undefined ? null : visibleBefore(entry, stored.get(ids[index]))
        const change = await changeOf(ctx, w, entry, before, index, allIds[index] as string)
        requireVersion(ctx, entry, before)
        return change
      }),
    )
  }
  await requireReferences(ctx, w.resource, changes, entries.length)
  for (const change of changes) await located(entries.length, change.index, async () => w.judge?.(ctx, change))
  await requireNoDependents(ctx, w, changes)

  const written = changes.filter(({ before, after }) => before === null || !isDeepStrictEqual(before, after))
  await store(ctx, w, written).catch((error: unknown) => {
    // Somebody created the row since it was looked for: the next attempt finds it, and changes it.
    if (entries.some((entry) => 'upsert' in entry) && toProblem(error).code === 'external_id_taken')
      throw new Again('created meanwhile')
    throw error
  })
  for (const change of written) ctx.emit(eventOf(w, change))
  if (written.length > 0) await w.settle?.(ctx, written, entries.length)
  return changes
}

const judgedEntries = (w: Writes, entries: readonly Entry[]): Promise<Entry[]> =>
  Promise.all(
    entries.map((entry, index) =>
      located(entries.length, index, async () => {
        if (!('unjudged' in entry)) return entry
        const schema = 'update' in entry ? w.update.input : w.create?.input
        return schema ? withMembers(entry, narrowed(schema, membersOf(entry))) : entry
      }),
    ),
  )

/** A deleted row answers 404 to everything but restore and upsert, which bring it back. */
const visibleBefore = (entry: Entry, before: Row | undefined): Row => {
  const revives = 'restore' in entry || 'upsert' in entry
  if (!before || (before['deletedAt'] !== null && !revives)) throw new Problem('not_found')
  return before
}

const changeOf = async (
  ctx: Context,
  w: Writes,
  entry: Entry,
  before: Row | null,
  index: number,
  id: string,
): Promise<Change> => {
  if (before === null) {
    if (!w.create) throw new Problem('not_found')
    const input = 'upsert' in entry ? narrowed(w.create.input, entry.upsert) : membersOf(entry)
    const after = { ...blank(w), ...input, ...(await w.toRow?.(input, null, ctx)) }
    Object.assign(after, {
      tenantId: ctx.actor.tenantId,
      id,
      version: 1,
      createdAt: ctx.now,
      updatedAt: ctx.now,
      deletedAt: null,
    })
    if (!(await w.create.allow(ctx, after))) throw new Problem('forbidden')
    return { index, before, after, created: true }
  }
  const allow = 'delete' in entry ? w.delete?.allow : w.update.allow
  if (!(await allow?.(ctx, before))) throw new Problem('forbidden')
  const after = { ...before, ...(await patched(ctx, w, entry, before)) }
  if (!isDeepStrictEqual(before, after))
    Object.assign(after, { version: (before['version'] as number) + 1, updatedAt: ctx.now })
  // What the caller may write now it must still be allowed to write as it will be: nobody gives goals away upwards.
  if ('update' in entry && !(await w.update.allow(ctx, after))) throw new Problem('forbidden')
  return { index, before, after, created: false }
}

const patched = async (ctx: Context, w: Writes, entry: Entry, before: Row): Promise<Row> => {
  if ('delete' in entry) return { deletedAt: ctx.now }
  if ('restore' in entry) return { deletedAt: null }
  const patch = 'upsert' in entry ? narrowed(w.update.input, changeable(w, entry.upsert, before)) : membersOf(entry)
  const merged = Object.fromEntries(Object.entries(patch).map(([key, value]) => [key, mergePatch(before[key], value)]))
  return { ...merged, ...(await w.toRow?.(merged, before, ctx)), deletedAt: null }
}

/** An upsert of an existing row may repeat what only a create takes, such as the parent; it must then agree. */
const changeable = (w: Writes, members: Row, before: Row): Row => {
  const fixed = Object.keys(members).filter((key) => !(key in w.update.input.shape))
  for (const key of fixed) {
    if (isDeepStrictEqual(members[key], before[key] ?? null)) continue
    throw inputProblem('invalid_input', `/${key}`, 'cannot be changed once created')
  }
  return Object.fromEntries(Object.entries(members).filter(([key]) => !fixed.includes(key)))
}

const blank = (w: Writes): Row => Object.fromEntries(Object.keys(allColumns(w.resource)).map((key) => [key, null]))

const requireVersion = (ctx: Context, entry: Entry, before: Row | null): void => {
  const expected = 'version' in entry && entry.version !== undefined ? entry.version : ctx.ifMatch
  if (expected === undefined || before?.['version'] === expected) return
  throw new Problem(
    'precondition_failed',
    `The version is ${before === null ? 'none' : (before['version'] as number)}, not ${expected}`,
  )
}

const requireNoDependents = async (ctx: Context, w: Writes, changes: readonly Change[]): Promise<void> => {
  const deleted = changes.filter(({ before, after }) => before?.['deletedAt'] === null && after['deletedAt'] !== null)
  if (deleted.length === 0 || !w.delete?.dependents) return
  const names = await w.delete.dependents(
    ctx,
    deleted.map(({ after }) => after['id'] as string),
  )
  if (names.length > 0) throw new Problem('has_dependents', `Still in use by: ${names.join(', ')}`)
}

const store = async (ctx: Context, w: Writes, written: readonly Change[]): Promise<void> => {
  const created = written.filter(({ created: isNew }) => isNew)
  const updated = written.filter(({ created: isNew }) => !isNew)
  const inserts =
    created.length > 0
      ? insertRows(
          ctx,
          w.resource,
          created.map(({ after }) => after),
        )
      : []
  const keys = [...new Set(updated.flatMap(changedKeys))]
  const updates =
    updated.length > 0
      ? updateRows(
          ctx,
          w.resource,
          keys,
          updated.map(({ after }) => after),
        )
      : []
  const rows = await Promise.all([inserts, updates])
  for (const [set, changes] of [created, updated].entries()) {
    for (const [at, change] of changes.entries()) change.after = rows[set]?.[at] as Row
  }
}

const changedKeys = ({ before, after }: Change): string[] =>
  Object.keys(after).filter((key) => before !== null && !isDeepStrictEqual(before[key], after[key]))
