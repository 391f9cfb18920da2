import { ScimProblem } from './error.ts'
import { type Attribute, attributeOf, extensionKey, type ResourceType } from './schema.ts'

export type Members = Record<string, unknown>

export const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const longestText = 2_000
const mostValues = 50

/**
 * A body in canonical form: attributes by their schema's spelling, the extension under `extension`, what is null or
 * empty left out. What the schema does not name and what clients cannot set is skipped, as RFC 7644 §3.5.1 asks.
 * Throws `invalidValue` for a value of another type than the schema's.
 */
export const readBody = (type: ResourceType, body: unknown): Members => {
  if (!isObject(body)) throw new ScimProblem('invalidSyntax', 'The body is not a SCIM resource')
  const given = body['schemas']
  if (given !== undefined && !(Array.isArray(given) && given.some((id) => matches(id, type.schema.id))))
    throw new ScimProblem('invalidSyntax', `schemas: ${type.schema.id} is missing`)
  const members = readMembers(type.schema.attributes, body)
  const { extension } = type
  const extended = extension && Object.entries(body).find(([name]) => matches(name, extension.id))?.[1]
  return extension && isObject(extended)
    ? { ...members, [extensionKey]: readMembers(extension.attributes, extended) }
    : members
}

const matches = (given: unknown, id: string): boolean =>
  typeof given === 'string' && given.toLowerCase() === id.toLowerCase()

const readMembers = (attributes: readonly Attribute[], given: Members): Members => {
  const members: Members = {}
  for (const [name, value] of Object.entries(given)) {
    const attribute = attributeOf(attributes, name)
    if (!attribute || attribute.mutability === 'readOnly') continue
    const read = readValue(attribute, value)
    if (read !== undefined) members[attribute.name] = read
  }
  return members
}

/** A value as its attribute has it; undefined for what takes the value away: null, an empty text, an empty list. */
export const readValue = (attribute: Attribute, value: unknown): unknown => {
  if (!attribute.multiValued) return readOne(attribute, value)
  const values = [value].flat().flatMap((each: unknown) => readOne(attribute, each) ?? [])
  if (values.length > mostValues && attribute.name !== 'members')
    throw new ScimProblem('invalidValue', `${attribute.name}: at most ${mostValues} values`)
  return values.length > 0 ? values : undefined
}

/** The same for one of several values. */
export const readOne = (attribute: Attribute, value: unknown): unknown => {
  if (value === null || value === undefined || value === '') return undefined
  if (attribute.type === 'complex') return readComplex(attribute, value)
  if (attribute.type === 'boolean') return readBoolean(attribute, value)
  if (typeof value !== 'string') throw new ScimProblem('invalidValue', `${attribute.name}: a text is expected`)
  if (value.length > longestText)
    throw new ScimProblem('invalidValue', `${attribute.name}: at most ${longestText} characters`)
  return value
}

/** Clients send a bare text where only the value of a complex attribute is set, such as `manager`. */
const readComplex = (attribute: Attribute, value: unknown): unknown => {
  const members = typeof value === 'string' ? { value } : value
  if (!isObject(members)) throw new ScimProblem('invalidValue', `${attribute.name}: an object is expected`)
  const read = readMembers(attribute.subAttributes ?? [], members)
  return Object.keys(read).length > 0 ? read : undefined
}

/** Entra ID sends "True" and "False". */
const readBoolean = ({ name }: Attribute, value: unknown): boolean => {
  if (typeof value === 'boolean') return value
  const text = typeof value === 'string' ? value.toLowerCase() : ''
  if (text === 'true' || text === 'false') return text === 'true'
  throw new ScimProblem('invalidValue', `${name}: true or false is expected`)
}
