import { sql } from 'drizzle-orm'
import type { Context } from '../../api/operation.ts'
import type { Resource, Sight } from '../../api/resource.ts'
import { readValues, sightIn } from '../../api/select.ts'
import { query, statement } from '../../db/statement.ts'
import { eventMembers, type FeedEvent } from '../../journal/event.ts'
import { typesInScope, visibleByName } from './event.visible.ts'

/** Events a read looks at, at most: filters that let few pass must not make it long. */
export const windowSize = 5_000

/** Where the feed ends, and where it goes on behind a place; null when nothing is left there. */
export type Standing = { head: number; next: number | null }

export const standingAt = async ({ db, actor }: Context, after: number): Promise<Standing> => {
  const [standing] = await query<Standing>(
    db,
    'feed_standing',
    `select event_seq as head, (select seq from events where tenant_id = $1 and seq > $2 order by seq limit 1) as next
     from journal_heads where tenant_id = $1`,
    [actor.tenantId, after],
  )
  return standing ?? { head: 0, next: null }
}

export type Wanted = {
  after: number
  limit: number
  types: readonly string[] | null
  subjects: readonly string[] | null
}

const feedOf = (resources: readonly Resource[], sights: readonly Sight[]) =>
  statement<FeedEvent>(`feed_${sights.join('_')}`, () => {
    const cause = visibleByName(resources, sights, sql`e.cause_type`, sql`e.cause_id`)
    return sql`select ${sql.raw(eventMembers)},
        case when e.cause_id is not null and ${cause} then json_build_object('type', e.cause_type, 'id', e.cause_id) end as cause
      from events e
      where e.tenant_id = ${sql.placeholder('tenantId')} and e.seq > ${sql.placeholder('after')}::bigint
        and e.seq <= ${sql.placeholder('through')}::bigint
        and (${sql.placeholder('types')}::text[] is null or e.type = any(${sql.placeholder('types')}::text[]))
        and (${sql.placeholder('subjects')}::uuid[] is null or e.subject_id = any(${sql.placeholder('subjects')}::uuid[]))
        and e.subject_type = any(${sql.placeholder('inScope')}::text[])
        and ${visibleByName(resources, sights, sql`e.subject_type`, sql`e.subject_id`)}
      order by e.seq limit ${sql.placeholder('limit')}`
  })

/** Reads events as the caller may see them, compiled once for each class of reader; resources may class differently. */
export const feedReader = (resources: readonly Resource[]) => {
  const bySights = new Map<string, ReturnType<typeof feedOf>>()
  return (ctx: Context, { after, ...wanted }: Wanted): Promise<FeedEvent[]> => {
    const sights = resources.map((resource) => sightIn(ctx, resource))
    const known = bySights.get(sights.join()) ?? feedOf(resources, sights)
    bySights.set(sights.join(), known)
    return known(ctx.db, {
      ...readValues(ctx),
      ...wanted,
      after,
      through: after + windowSize,
      inScope: typesInScope(ctx, resources),
    })
  }
}
