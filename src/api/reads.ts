import { and, eq, gte, ilike, or, type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import { anyone, type Rule } from '../auth/rules.ts'
import { run, statement } from '../db/statement.ts'
import { id, instant } from './fields.ts'
import { type AnyOperation, type Context, operation } from './operation.ts'
import { behind, orderBy, parseOrder, sortsOf } from './order.ts'
import { cursorAt, type ListInput, positionIn, wholeThrough } from './place.ts'
import { notingReads } from './read-audit.ts'
import type { Resource, Sight } from './resource.ts'
import { columnOf, forEachSight, present, readable, readValues, selected, shapeOf, sightIn } from './select.ts'

type Row = Record<string, unknown>

const camel = (path: string): string => path.replace(/-(\w)/g, (_match, letter: string) => letter.toUpperCase())
export const singularOf = ({ name }: Resource): string => name.charAt(0).toLowerCase() + name.slice(1)
export const pluralOf = ({ listName, path }: Resource): string => listName ?? camel(path)

/** One row by id, compiled once for each class of reader. */
const finders = new WeakMap<Resource, Record<Sight, ReturnType<typeof statement<Row>>>>()
const finderOf = (resource: Resource, sight: Sight) =>
  statement<Row>(
    `${resource.type}_by_id_${sight}`,
    () => sql`select ${selected(resource, shapeOf(resource))} from ${resource.table}
      where ${readable(resource, sight)} and ${eq(columnOf(resource, 'id'), sql.placeholder('id'))}`,
  )

/** The row as it is stored, if the caller may see it. */
export const findOne = async (ctx: Context, resource: Resource, wanted: string): Promise<Row | undefined> => {
  let bySight = finders.get(resource)
  if (!bySight) finders.set(resource, (bySight = forEachSight((sight) => finderOf(resource, sight))))
  return (await bySight[sightIn(ctx, resource)](ctx.db, { ...readValues(ctx), id: wanted }))[0]
}

/** Get-one and list, the same for every resource: what `visible` hides does not exist. */
export const reads = (resource: Resource, allow: Rule = anyone): AnyOperation[] => [
  getOne(resource, allow),
  list(resource, allow),
]

const fieldsInput = (resource: Resource) =>
  z
    .string()
    .transform((names) => names.split(','))
    .pipe(z.array(z.enum(Object.keys(resource.schema.shape) as [string, ...string[]])))
    .optional()
    .meta({ description: 'Only these members, comma-separated.', override: { type: 'string' } })

const getOne = (resource: Resource, allow: Rule): AnyOperation =>
  operation({
    name: singularOf(resource),
    summary: `Get one ${resource.name}`,
    rest: `GET /${resource.path}/:id`,
    scope: resource.scopes.read,
    input: z.strictObject({ id, fields: fieldsInput(resource) }),
    output: resource.schema,
    returns: resource.name,
    singleStatement: true,
    ...notingReads(resource, (row) => [row as Row]),
    find: (ctx, input) => findOne(ctx, resource, input.id),
    allow,
    run: async (ctx, _input, row) => present(resource, row as Row, ctx),
  })

/** A list's filters: published members, each repeatable, any of the values. */
const filtersOf = (resource: Resource) =>
  Object.fromEntries(
    (resource.filters ?? []).map((key) => [
      key,
      z
        .array(resource.computed?.[key]?.filter ?? bare(resource.schema.shape[key] as z.ZodType))
        .min(1)
        .max(100)
        .optional(),
    ]),
  )

const bare = (schema: z.ZodType): z.ZodType => {
  if (schema instanceof z.ZodNullable || schema instanceof z.ZodOptional) return bare(schema.unwrap() as z.ZodType)
  return schema instanceof z.ZodArray ? (schema.element as z.ZodType) : schema
}

export const pageSize = z.int().min(1).max(100).default(25)

const list = (resource: Resource, allow: Rule): AnyOperation => {
  const sortable = sortsOf(resource).join(', ')
  const page = z
    .strictObject({
      items: z.array(resource.schema),
      nextCursor: z.string().nullable(),
      syncedThrough: instant.optional().meta({ description: 'On the last page of a sync: the next `updatedSince`.' }),
    })
    .meta({ id: `${resource.name}Page` })
  return operation({
    name: pluralOf(resource),
    summary: `List ${resource.path}`,
    rest: `GET /${resource.path}`,
    scope: resource.scopes.read,
    input: z.strictObject({
      ...filtersOf(resource),
      limit: pageSize,
      cursor: z.string().max(2_000).optional(),
      sort: z
        .string()
        .max(200)
        .optional()
        .meta({ description: `Comma-separated, \`-\` for descending: ${sortable}.` }),
      updatedSince: instant.optional().meta({ description: 'Edited or rescored at or after this instant.' }),
      includeDeleted: z.boolean().optional().meta({ description: 'With tombstones, told by `deletedAt`.' }),
      ...(resource.search ? { q: z.string().trim().min(1).max(200).optional() } : {}),
      fields: fieldsInput(resource),
    }),
    output: page,
    list: { resource, cursorOf: (ctx, input, row) => cursorAt(ctx, resource, input as ListInput, row) },
    singleStatement: true,
    syncs: 'updatedSince',
    ...notingReads(resource, (output) => (output as { items: Row[] }).items),
    allow,
    run: (ctx, input) => runList(ctx, resource, input as unknown as ListInput),
  })
}

const runList = async (ctx: Context, resource: Resource, input: ListInput) => {
  const order = parseOrder(resource, input.sort)
  const filters = Object.fromEntries((resource.filters ?? []).flatMap((key) => (input[key] ? [[key, input[key]]] : [])))
  resource.judgeList?.({ sort: order.map(({ key }) => key), filters })
  const position = positionIn(ctx, resource, input)

  const shape = shapeOf(resource, ctx.members)
  const sorted = order.flatMap(({ key }) => resource.computed?.[key]?.needs ?? [key])
  const columns = [...new Set([...shape.columns, ...sorted, ...(resource.audited?.needs ?? [])])]
  const where = and(
    readable(resource, sightIn(ctx, resource), input.includeDeleted),
    ...Object.entries(filters).map(([key, values]) => filter(resource, key, values as unknown[])),
    input.updatedSince ? changedSince(resource, input.updatedSince) : undefined,
    input.q ? search(resource, input.q) : undefined,
    position ? behind(order, position) : undefined,
  )
  const rows = await run<Row>(
    ctx.db,
    sql`select ${selected(resource, { columns })} from ${resource.table} where ${where}
      order by ${sql.join(orderBy(order), sql`, `)} limit ${sql.placeholder('limit')}`,
    { ...readValues(ctx), limit: input.limit + 1 },
  )
  const items = rows.slice(0, input.limit)
  const last = items.at(-1)
  const nextCursor = rows.length > input.limit && last ? cursorAt(ctx, resource, input, last) : null
  const through = nextCursor ? undefined : wholeThrough(ctx, resource, input)
  const shown = items.map((row) => present(resource, row, ctx, shape))
  return { items: shown, nextCursor, syncedThrough: through } as never
}

const filter = (resource: Resource, key: string, values: unknown[]): SQL => {
  const computed = resource.computed?.[key]
  if (computed) return sql`${computed.value} = any(${sql.param(values)})`
  const column = columnOf(resource, key)
  if (column.dataType === 'array') return sql`${column} && ${sql.param(values, column)}`
  // What equals one value is in the order of the index behind it; of any of several it would be sorted, all of it.
  return values.length === 1 ? eq(column, sql.param(values[0])) : sql`${column} = any(${sql.param(values)})`
}

const changedSince = (resource: Resource, since: string): SQL | undefined => {
  const scoredAt = 'scoredAt' in resource.schema.shape ? gte(columnOf(resource, 'scoredAt'), since) : undefined
  return or(gte(columnOf(resource, 'updatedAt'), since), scoredAt)
}

const search = (resource: Resource, words: string): SQL | undefined => {
  const pattern = `%${words.replaceAll(/[\\%_]/g, '\\$&')}%`
  return or(...(resource.search ?? []).map((key) => ilike(columnOf(resource, key), pattern)))
}
