import { z } from 'zod'
import { anyone, type Rule } from '../auth/rules.ts'
import { applyEntries } from './apply.ts'
import { batchOf, outcomeOf } from './batch.ts'
import type { Entry } from './entries.ts'
import { externalMembers } from './external-references.ts'
import { id, instant } from './fields.ts'
import { type AnyOperation, type Context, operation } from './operation.ts'
import type { Resource } from './resource.ts'

import { present } from './select.ts'
import type { Row } from './store.ts'
import { inputProblems } from './to-problem.ts'

/** One row of a write: `before` is null for a new one. `index` is its place in a batch. */
export type Change<R = Row> = { index: number; before: R | null; after: R; created: boolean }

/**
 * How a resource is written. Everything is set-wise: one create, one PATCH and a batch of 1,000 take the same way,
 * in which nothing can be forgotten (apply.ts).
 */
export type Writes<R = Row> = {
  resource: Resource
  /** Defaults belong here only: in an update's schema they would overwrite what the caller left out. */
  create?: { input: z.ZodObject; allow: Rule<R> }
  update: { input: z.ZodObject; allow: Rule<R> }
  delete?: {
    allow: Rule<R>
    /** Names what still depends on the row: 409 `has_dependents`. */
    dependents?: (ctx: Context, ids: string[]) => Promise<string[]>
  }
  /** Members of the input that are stored under other names, or computed. `before` is null on create. */
  toRow?: (input: Row, before: R | null, ctx: Context) => Row | Promise<Row>
  /** Makes writers that touch the same goals take turns; runs before anything is read for the write. */
  lock?: (ctx: Context, work: { ids: string[]; inputs: Row[] }) => Promise<void>
  /** Rules across members of the finished row, and against other rows. Throws a Problem. */
  judge?: (ctx: Context, change: Change<R>) => void | Promise<void>
  /**
   * What follows from the change, once for all of them; may complete the rows that will be answered. `count` entries were
   * given, changed or not: faults of one of several say which (`pointerOf`).
   */
  settle?: (ctx: Context, changes: Change<R>[], count: number) => Promise<void>
  /** How the answer to a create differs from the resource, e.g. by a secret that is shown once. */
  created?: { schema: z.ZodObject; once: readonly string[]; of: (row: R, ctx: Context) => Row }
  /** False where a row must not come back and is made one by one: no restore, no upsert, no batch. */
  bulk?: false
}

/** A definition whole enough for every way of writing. */
export type Creatable<R> = Writes<R> & Required<Pick<Writes<R>, 'create' | 'delete'>>

export const tombstone = z
  .strictObject({ id, deletedAt: instant, version: z.int() })
  .meta({ id: 'Tombstone', description: 'What is left of a deleted resource.' })

/** Create, update, delete, restore, upsert by external id and batch, all derived from one definition. */
export const writes = <R>(definition: Creatable<R>): AnyOperation[] => {
  const w = definition as unknown as Required<Pick<Writes, 'create' | 'update' | 'delete'>> & Writes
  const { resource } = w
  const { name, path } = resource
  const scope = resource.scopes.write
  const createInput = w.create.input.meta({ id: `Create${name}Input` })
  const updateInput = w.update.input.meta({ id: `Update${name}Input` })

  const one = async (ctx: Context, entry: Entry): Promise<Change> => (await applyEntries(ctx, w, [entry]))[0] as Change
  /** Answers of this process that are new rows: an upsert tells 201 from 200 by it. */
  const fresh = new WeakSet<object>()
  const shown = async (ctx: Context, entry: Entry): Promise<Row> => {
    const { after, created } = await one(ctx, entry)
    const row = present(resource, after, ctx)
    if (created) fresh.add(row)
    return row
  }
  const common = { scope, output: resource.schema, allow: anyone, returns: name }

  const single = [
    operation({
      ...common,
      name: `create${name}`,
      summary: `Create one ${name}`,
      rest: `POST /${path}`,
      ...(w.created ? { output: w.created.schema, shownOnce: w.created.once, returns: undefined, tag: name } : {}),
      emits: ['created'],
      input: z.strictObject({ input: createInput }),
      run: async (ctx, { input }) => {
        const { after } = await one(ctx, { create: input })
        return { ...present(resource, after, ctx), ...w.created?.of(after, ctx) }
      },
    }),
    operation({
      ...common,
      name: `update${name}`,
      summary: `Change one ${name}`,
      rest: `PATCH /${path}/:id`,
      emits: ['updated'],
      input: z.strictObject({ id, input: updateInput }),
      run: (ctx, { id: wanted, input }) => shown(ctx, { update: input, id: wanted }),
    }),
    operation({
      name: `delete${name}`,
      tag: name,
      summary: `Delete one ${name}`,
      rest: `DELETE /${path}/:id`,
      status: 204,
      scope,
      emits: ['deleted'],
      input: z.strictObject({ id }),
      output: tombstone,
      allow: anyone,
      run: async (ctx, { id: wanted }) => (await one(ctx, { delete: true, id: wanted })).after as never,
    }),
  ]
  if (w.bulk === false) return single

  const upsertInput = syncInputOf(w).meta({ id: `Upsert${name}Input` })
  return [
    ...single,
    operation({
      ...common,
      name: `restore${name}`,
      summary: `Bring back one deleted ${name}`,
      rest: `POST /${path}/:id/restore`,
      status: 200,
      emits: ['restored'],
      input: z.strictObject({ id }),
      run: (ctx, { id: wanted }) => shown(ctx, { restore: true, id: wanted }),
    }),
    operation({
      ...common,
      name: `upsert${name}ByExternalId`,
      summary: `Create or change one ${name} by the caller's own id`,
      rest: `PUT /${path}/by-external-id/:externalId`,
      status: (row) => (fresh.has(row as object) ? 201 : 200),
      input: z.strictObject({ externalId: z.string().trim().min(1).max(200), input: upsertInput }),
      run: (ctx, { externalId, input }) => shown(ctx, { upsert: { ...input, externalId } }),
    }),
    bulkOf(w),
  ]
}

/** What upsert and batch take: every member, none of them needed, and references by external id. */
const syncInputOf = ({ resource, create, update }: Creates): z.ZodObject => {
  const members = { ...update.input.shape, ...optional(create.input) }
  return z.strictObject({ ...members, ...externalMembers(resource, members) })
}

/** Many items as one set: `POST /<path>/batch`, and `most` of them where they do not come over HTTP. */
export const bulkOf = <R>(definition: Creatable<R>, most?: number): AnyOperation => {
  const w = definition as unknown as Creates
  const { name, path, scopes } = w.resource
  const members = [...Object.keys({ ...w.update.input.shape, ...w.create.input.shape }), 'deletedAt']
  return batchOf({
    name: `batch${name}`,
    tag: name,
    path,
    most,
    scope: scopes.write,
    item: z.strictObject({ ...syncInputOf(w).shape, id: id.optional(), version: z.int().optional() }).meta({
      id: `Batch${name}Item`,
      description: '`id` changes, `externalId` creates or changes, neither creates.',
    }),
    apply: async (ctx, items) => {
      const changes = await applyEntries(ctx, w, items.map(entryOf))
      return changes.map((change) => ({
        status: change.created ? 201 : 200,
        id: change.after['id'] as string,
        version: change.after['version'] as number,
        ...outcomeOf(change, members),
      }))
    },
  })
}

type Creates = Writes & Required<Pick<Writes, 'create'>>

/** A create schema whose members may all be left out, and whose defaults do not fill the gaps. */
const optional = (schema: z.ZodObject) =>
  Object.fromEntries(
    Object.entries(schema.shape).map(([key, member]) => [
      key,
      (member instanceof z.ZodDefault ? (member.unwrap() as z.ZodType) : (member as z.ZodType)).optional(),
    ]),
  )

const entryOf = ({ id: wanted, version, ...members }: Row): Entry => {
  if (wanted) return { update: members, id: wanted as string, version: version as number | undefined, unjudged: true }
  return members['externalId'] ? { upsert: members } : { create: members, unjudged: true }
}

/** Judges a member set that was read leniently (batch, upsert) by the schema that applies after all. */
export const narrowed = (schema: z.ZodObject, members: Row): Row => {
  const parsed = schema.safeParse(members)
  if (!parsed.success) throw inputProblems(parsed.error)
  return parsed.data
}
