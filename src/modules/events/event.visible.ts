import { type SQL, sql } from 'drizzle-orm'
import type { Context } from '../../api/operation.ts'
import type { Resource, Sight } from '../../api/resource.ts'
import { columnOf } from '../../api/select.ts'

/**
 * Whether the reader may see the row of any resource that two expressions name by type and id, deleted ones included: a
 * feed tells nothing of what does not exist for its reader. What is gone altogether is shown to those who saw all of it.
 * `sights` says which class of reader the caller is for each resource.
 */
export const visibleByName = (resources: readonly Resource[], sights: readonly Sight[], type: SQL, id: SQL): SQL => {
  const cases = resources.flatMap((resource, at) => {
    const visible = resource.visible(sights[at] as Sight)
    if (!visible) return []
    return sql`when ${sql.raw(`'${resource.type}'`)} then exists (select from ${resource.table}
      where ${columnOf(resource, 'tenantId')} = ${sql.placeholder('tenantId')} and ${columnOf(resource, 'id')} = ${id} and ${visible})`
  })
  return cases.length === 0 ? sql`true` : sql`case ${type} ${sql.join(cases, sql` `)} else true end`
}

/** Types of subjects whose resource the caller's scopes let it read. */
export const typesInScope = ({ actor }: Context, resources: readonly Resource[]): string[] =>
  resources.flatMap(({ type, scopes }) =>
    scopes.read === null || actor.scopes.includes('admin') || actor.scopes.includes(scopes.read) ? [type] : [],
  )
