import { isDeepStrictEqual } from 'node:util'
import { allColumns } from './select.ts'
import type { Row } from './store.ts'
import type { Change, Writes } from './writes.ts'

/** The event a change of a row becomes: created, updated, deleted or restored. */
export const eventOf = (w: Writes, { before, after, created }: Change) => {
  const { resource } = w
  const wasDeleted = before !== null && before['deletedAt'] !== null
  const verb =
    created || wasDeleted ? (created ? 'created' : 'restored') : after['deletedAt'] === null ? 'updated' : 'deleted'
  return {
    type: `${resource.type}.${verb}`,
    subject: { type: resource.type, id: after['id'] as string },
    changes: thin(w, before, after),
  }
}

const internal = new Set([
  'tenantId',
  'externalId',
  'version',
  'updatedAt',
  'createdAt',
  'deletedAt',
  'score',
  'scoredAt',
])

/** Numbers, ids, days and states before and after. Free text stays out: events outlive the people they name. */
const thin = (w: Writes, before: Row | null, after: Row): Record<string, [unknown, unknown]> => {
  if (before === null) return {}
  const columns = allColumns(w.resource)
  const told = Object.keys(after).filter((key) => {
    const column = columns[key]
    if (!column || internal.has(key) || !(key in w.resource.schema.shape)) return false
    return (
      (column.dataType !== 'string' || column.enumValues !== undefined || /(?:Id|On|At)$/.test(key)) &&
      column.dataType !== 'json'
    )
  })
  return Object.fromEntries(
    told.flatMap((key) => (isDeepStrictEqual(before[key], after[key]) ? [] : [[key, [before[key], after[key]]]])),
  )
}
