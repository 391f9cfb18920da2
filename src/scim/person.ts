import { isDeepStrictEqual } from 'node:util'
import { isObject, type Members } from './body.ts'
import { type Attribute, extensionKey, userType } from './schema.ts'

/** A person as the statements of user.queries.ts read them. */
export type PersonRow = {
  id: string
  version: number
  createdAt: string
  updatedAt: string
  externalId: string | null
  userName: string
  displayName: string
  title: string | null
  timeZone: string | null
  email: string | null
  employeeNumber: string | null
  active: boolean
  roles: string[]
  departmentId: string | null
  department: string | null
  managerId: string | null
  managerName: string | null
  scim: Members | null
  groups: { value: string; display: string }[] | null
}

/** Attributes that columns or other tables hold; everything else is kept as it was sent, in `users.scim`. */
const held = ['userName', 'externalId', 'displayName', 'title', 'timezone', 'active', 'emails', 'groups', 'roles']
const heldInExtension = ['employeeNumber', 'department', 'manager']

const remaining = (attributes: readonly Attribute[] = [], without: readonly string[]) =>
  attributes.map(({ name }) => name).filter((name) => !without.includes(name))

/** Names of the attributes that are kept as they were sent. */
export const kept = remaining(userType.schema.attributes, held)
export const keptInExtension = remaining(userType.extension?.attributes, heldInExtension)

const pick = (from: unknown, names: readonly string[]): Members =>
  isObject(from) ? Object.fromEntries(names.flatMap((name) => (name in from ? [[name, from[name]]] : []))) : {}

/** Without members that say nothing. */
const said = (members: Members): Members =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null && value !== undefined))

/** A person in canonical form: what PATCH works on. */
export const personOf = (row: PersonRow): Members => {
  const extension = said({
    employeeNumber: row.employeeNumber,
    ...pick(row.scim?.[extensionKey], keptInExtension),
    department: row.department,
    manager: row.managerId === null ? null : { value: row.managerId, displayName: row.managerName },
  })
  return said({
    userName: row.userName,
    externalId: row.externalId,
    displayName: row.displayName,
    ...pick(row.scim, kept),
    title: row.title,
    timezone: row.timeZone,
    active: row.active,
    emails: emailsOf(row),
    roles: row.roles.map((value) => ({ value })),
    [extensionKey]: Object.keys(extension).length > 0 ? extension : undefined,
  })
}

/** How an address is shown of which nothing but itself is known. */
const alone = { type: 'work', primary: true }

/** The address of the column stands where a value was left out. */
const emailsOf = ({ scim, email }: PersonRow): Members[] | undefined => {
  const stored = scim?.['emails'] as Members[] | undefined
  if (!stored) return email === null ? undefined : [{ value: email, ...alone }]
  const filled = stored.flatMap((each) =>
    'value' in each ? [each] : email === null ? [] : [{ value: email, ...each }],
  )
  return filled.length > 0 ? filled : undefined
}

/** Which address is the one the service uses: the primary, else the first for work, else the first. */
const principalOf = (emails: readonly Members[]): number =>
  Math.max(
    0,
    emails.findIndex((each) => each['primary'] === true),
    emails.some((each) => each['primary'] === true) ? -1 : emails.findIndex((each) => each['type'] === 'work'),
  )

/** The name to show: the one given, else one made of the parts of the name. */
export const displayNameOf = ({ displayName, name, userName }: Members): unknown => {
  if (displayName !== undefined) return displayName
  if (!isObject(name)) return userName
  const parts = [name['givenName'], name['familyName']].filter((part) => typeof part === 'string')
  return name['formatted'] ?? (parts.length > 0 ? parts.join(' ') : userName)
}

/** A name that was made of parts follows them. */
export const withDisplayName = (before: Members, after: Members): Members => {
  const { displayName, ...parts } = before
  const wasMade = displayName === displayNameOf(parts) && after['displayName'] === displayName
  return wasMade ? { ...after, displayName: displayNameOf({ ...after, displayName: undefined }) } : after
}

/** What our own fields take of a person; `active` and `roles` only where they were said, for they are ours too. */
export const membersOf = (person: Members): Members => {
  const { userName, externalId = null, title = null, timezone = null, active, emails, roles } = person
  const addresses = addressesOf(emails)
  const extension = person[extensionKey]
  return {
    userName,
    externalId,
    displayName: displayNameOf(person),
    title,
    timeZone: timezone,
    email: addresses[principalOf(addresses)]?.['value'] ?? null,
    employeeNumber: isObject(extension) ? (extension['employeeNumber'] ?? null) : null,
    ...(active === undefined ? {} : { active }),
    ...(Array.isArray(roles) ? { roles: [...new Set((roles as Members[]).map(({ value }) => value))] } : {}),
  }
}

/** The rest of a person, for `users.scim`: the principal address without its value, which the column has. */
export const keptOf = (person: Members): Members | null => {
  const addresses = addressesOf(person['emails'])
  const principal = principalOf(addresses)
  const emails = addresses.map(({ value, ...each }, at) => (at === principal ? each : { value, ...each }))
  const extension = pick(person[extensionKey], keptInExtension)
  const rest = {
    ...pick(person, kept),
    ...(emails.length > 0 && !isDeepStrictEqual(emails, [alone]) ? { emails } : {}),
    ...(Object.keys(extension).length > 0 ? { [extensionKey]: extension } : {}),
  }
  return Object.keys(rest).length > 0 ? rest : null
}

const addressesOf = (emails: unknown): Members[] =>
  Array.isArray(emails) ? (emails as Members[]).filter(({ value }) => value !== undefined) : []
