import type { Members } from './body.ts'
import type { GroupRow } from './group.queries.ts'
import { type PersonRow, personOf } from './person.ts'
import { extensionKey, groupType, type ResourceType, userType } from './schema.ts'

type Row = { id: string; version: number; createdAt: string; updatedAt: string }

const metaOf = ({ name, endpoint }: ResourceType, row: Row, base: string) => ({
  resourceType: name,
  created: row.createdAt,
  lastModified: row.updatedAt,
  location: `${base}${endpoint}/${row.id}`,
  version: etagOf(row),
})

/** Weak: names of managers and teams may change in the answer while the version stays. */
export const etagOf = ({ version }: { version: number }): string => `W/"${version}"`

const withReference =
  (base: string, { endpoint }: ResourceType) =>
  (each: Members): Members => ({ ...each, $ref: `${base}${endpoint}/${String(each['value'])}` })

/** A person as RFC 7643 §4.1 and §4.3 have it. */
export const renderUser = (row: PersonRow, base: string): Members => {
  const { [extensionKey]: given, ...person } = personOf(row)
  const extension = given as Members | undefined
  const manager = extension?.['manager'] as Members | undefined
  const enterprise = userType.extension?.id as string
  return {
    schemas: [userType.schema.id, ...(extension ? [enterprise] : [])],
    id: row.id,
    ...person,
    ...(row.groups
      ? { groups: row.groups.map(withReference(base, groupType)).map((each) => ({ ...each, type: 'direct' })) }
      : {}),
    ...(extension
      ? { [enterprise]: { ...extension, ...(manager ? { manager: withReference(base, userType)(manager) } : {}) } }
      : {}),
    meta: metaOf(userType, row, base),
  }
}

/** A team as RFC 7643 §4.2 has it. */
export const renderGroup = (row: GroupRow, base: string): Members => ({
  schemas: [groupType.schema.id],
  id: row.id,
  ...(row.externalId === null ? {} : { externalId: row.externalId }),
  displayName: row.name,
  ...(row.members
    ? { members: row.members.map(withReference(base, userType)).map((each) => ({ ...each, type: 'User' })) }
    : {}),
  meta: metaOf(groupType, row, base),
})
