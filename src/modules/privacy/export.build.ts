import { and, sql } from 'drizzle-orm'
import { z } from 'zod'
import { instant } from '../../api/fields.ts'
import type { Context } from '../../api/operation.ts'
import type { Resource } from '../../api/resource.ts'
import { columnOf, present, readable, readValues, selected, shapeOf, sightIn } from '../../api/select.ts'
import type { Row } from '../../api/store.ts'
import { query, run } from '../../db/statement.ts'
import { resultOf, reviewResult } from '../reviews/review.result.ts'
import type { reviews } from '../reviews/review.table.ts'
import { user, userSchema } from '../users/user.resource.ts'
import { parts } from './export.parts.ts'

type Review = typeof reviews.$inferSelect

export const dataExport = z
  .strictObject({
    exportedAt: instant,
    user: userSchema,
    identity: z.record(z.string(), z.unknown()).meta({
      description: 'What an identity provider has told beside that, by SCIM: addresses, phone numbers, names.',
    }),
    ...Object.fromEntries(Object.entries(parts).map(([name, { resource }]) => [name, z.array(resource.schema)])),
    reviewResults: z.array(reviewResult).meta({ description: 'Of the reviews shared with the person, without names.' }),
  })
  .meta({ id: 'DataExport', description: 'Everything kept about one person that is theirs to see.' })

/** The person as a reader: an export is made for them, so it holds what they may see, whoever asks for it. */
const asReader = (ctx: Context, userId: string): Context => ({
  ...ctx,
  actor: { kind: 'user', id: userId, tenantId: ctx.actor.tenantId, userId, roles: ['member'], scopes: [] },
})

const rowsOf = (ctx: Context, resource: Resource, by: string, userId: string): Promise<Row[]> =>
  run<Row>(
    ctx.db,
    sql`select ${selected(resource, shapeOf(resource))} from ${resource.table}
      where ${and(readable(resource, sightIn(ctx, resource)), sql`${columnOf(resource, by)} = ${sql.placeholder('wanted')}`)}
      order by ${columnOf(resource, 'id')}`,
    { ...readValues(ctx), wanted: userId },
  )

const isShared = ({ state }: Review): boolean => state === 'shared' || state === 'acknowledged'

/** Gathers everything about a person, deleted things left out. */
export const exportOf = async (ctx: Context, person: Row): Promise<z.output<typeof dataExport>> => {
  const userId = person['id'] as string
  const reader = asReader(ctx, userId)
  const gathered: Record<string, Row[]> = {}
  const reviewResults = []
  for (const [name, { resource, by }] of Object.entries(parts)) {
    const rows = await rowsOf(reader, resource, by, userId)
    if (name === 'reviewsAbout')
      for (const row of (rows as Review[]).filter(isShared)) reviewResults.push(await resultOf(reader, row))
    gathered[name] = rows.map((row) => present(resource, row, reader))
  }
  const [told] = await query<{ scim: Row }>(
    ctx.db,
    'export_identity',
    'select scim from users where tenant_id = $1 and id = $2',
    [ctx.actor.tenantId, userId],
  )
  return {
    exportedAt: ctx.now,
    user: present(user, person, ctx),
    identity: told?.scim ?? {},
    ...gathered,
    reviewResults,
  } as never
}
