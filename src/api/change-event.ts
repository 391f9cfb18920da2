import { isDeepStrictEqual } from 'node:util'
import type { Resource } from './resource.ts'
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

/** Never told: what every row has, and what the score's own event tells. */
const internal = new Set([
  'tenantId',
  'id',
  'externalId',
  'version',
  'updatedAt',
  'createdAt',
  'deletedAt',
  'score',
  'scoredAt',
])

/** The members an event of a resource tells: numbers, ids, days and states. Free text stays out: events outlive people. */
export const toldMembers = (resource: Resource): string[] =>
  Object.entries(allColumns(resource)).flatMap(([key, column]) => {
    if (internal.has(key) || !(key in resource.schema.shape) || column.dataType === 'json') return []
    return column.dataType !== 'string' || column.enumValues !== undefined || /(Id|On|At)$/.test(key) ? [key] : []
  })

const thin = ({ resource }: Writes, before: Row | null, after: Row): Record<string, [unknown, unknown]> => {
  if (before === null) return {}
  const told = toldMembers(resource).filter((key) => key in after && !isDeepStrictEqual(before[key], after[key]))
  return Object.fromEntries(told.map((key) => [key, [before[key], after[key]]]))
}
