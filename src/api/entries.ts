import { getTableName } from 'drizzle-orm'
import { query } from '../db/statement.ts'
import { located } from './located.ts'
import type { Context } from './operation.ts'
import { Problem } from './problem.ts'
import type { Row } from './store.ts'
import type { Writes } from './writes.ts'

/**
 * One wish of a caller. `upsert` names its row by `externalId`; `version` is If-Match of one item. What is `unjudged`
 * was read leniently and meets its schema when its references are known.
 */
export type Entry =
  | { create: Row; unjudged?: true }
  | { upsert: Row }
  | { update: Row; id: string; version?: number; unjudged?: true }
  | { delete: true; id: string }
  | { restore: true; id: string }

/** The members an entry brings. */
export const membersOf = (entry: Entry): Row =>
  'create' in entry ? entry.create : 'upsert' in entry ? entry.upsert : 'update' in entry ? entry.update : {}

/** The same entry with other members. */
export const withMembers = (entry: Entry, members: Row): Entry => {
  if ('create' in entry) return { ...entry, create: members }
  if ('upsert' in entry) return { upsert: members }
  return 'update' in entry ? { ...entry, update: members } : entry
}

/** The same row twice in one set would be written twice from one beginning: the second would undo the first. */
export const requireOnce = async (entries: readonly Entry[], ids: readonly (string | undefined)[]): Promise<void> => {
  const seen = new Set<unknown>()
  for (const [index, entry] of entries.entries()) {
    const key = ids[index] ?? membersOf(entry)['externalId']
    if (key == null) continue
    await located(entries.length, index, async () => {
      if (seen.has(key)) throw new Problem('conflict', 'The same row stands in the batch twice')
    })
    seen.add(key)
  }
}

/** Ids of the rows that carry the entries' external ids: a live one, else the deleted one that will be revived. */
export const byExternalId = async (
  { db, actor }: Context,
  w: Writes,
  entries: readonly Entry[],
): Promise<Map<unknown, string>> => {
  const wanted = entries.flatMap((entry) => ('upsert' in entry ? [entry.upsert['externalId']] : []))
  if (wanted.length === 0) return new Map()
  const rows = await query<{ id: string; external_id: string }>(
    db,
    `by_external_id_${w.resource.type}`,
    // Deleted rows are in no index, so the names are hashed (among.ts).
    `select id, external_id from ${getTableName(w.resource.table)}
     where tenant_id = $1 and coalesce(external_id in (select unnest($2::text[])), false)
     order by deleted_at nulls last`,
    [actor.tenantId, wanted],
  )
  return new Map(rows.toReversed().map(({ id, external_id }) => [external_id, id]))
}
