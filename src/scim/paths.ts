import { stringify } from 'scim2-parse-filter'
import { isObject, readOne, readValue } from './body.ts'
import { ScimProblem } from './error.ts'
import { parseFilter } from './parse-filter.ts'
import { type Attribute, attributeOf, extensionKey, type ResourceType } from './schema.ts'

/** One change of a PATCH in canonical form; `value` is undefined for a removal of everything at its place. */
export type Step = {
  op: 'add' | 'replace' | 'remove'
  attribute: Attribute
  inExtension: boolean
  /** Chooses among several values: `type eq "work"`. */
  filter: string | undefined
  sub: Attribute | undefined
  value: unknown
}

const mostOperations = 100
const longestPath = 500
const ops = ['add', 'replace', 'remove'] as const

/**
 * The operations of a PATCH body as one step for each attribute, whichever dialect they came in: capitalised words,
 * no path, paths as member names, ids of schemas in front, texts for booleans, bare values for complex attributes.
 * Throws `invalidSyntax`, `invalidPath`, `noTarget`, `mutability`, `invalidValue`.
 */
export const stepsOf = (type: ResourceType, body: unknown): Step[] => {
  const given = isObject(body) ? (body['Operations'] ?? body['operations']) : undefined
  if (!Array.isArray(given) || given.length === 0 || given.length > mostOperations)
    throw new ScimProblem('invalidSyntax', `Operations: 1 to ${mostOperations} are expected`)
  return given.flatMap((each: unknown) => {
    if (!isObject(each)) throw new ScimProblem('invalidSyntax', 'Operations: objects are expected')
    const op = ops.find((known) => known === String(each['op']).toLowerCase())
    if (!op) throw new ScimProblem('invalidSyntax', 'op: add, replace or remove is expected')
    const { path, value } = each
    if (path === undefined || path === null || path === '') return withoutPath(type, op, value)
    if (typeof path !== 'string' || path.length > longestPath) throw new ScimProblem('invalidPath', 'path: not a path')
    return stepsAt(type, op, path, value)
  })
}

/** Each member of the value is a path of its own; what the schema does not know is skipped, as in a whole body. */
const withoutPath = (type: ResourceType, op: Step['op'], value: unknown): Step[] => {
  if (!isObject(value)) throw new ScimProblem(op === 'remove' ? 'noTarget' : 'invalidSyntax', 'A path is expected')
  return Object.entries(value).flatMap(([path, of]) => {
    const found = locate(type, path)
    if (found === 'unknown' || (found !== 'extension' && isReadOnly(found))) return []
    return stepsAt(type, op, path, of)
  })
}

const stepsAt = (type: ResourceType, op: Step['op'], path: string, value: unknown): Step[] => {
  const place = locate(type, path)
  if (place === 'unknown') throw new ScimProblem('invalidPath', `${path.slice(0, 100)} is no attribute`)
  if (place === 'extension') {
    const names = isObject(value) ? Object.keys(value) : (type.extension?.attributes ?? []).map(({ name }) => name)
    const of = isObject(value) ? value : {}
    return names.flatMap((name) => withoutPath(type, op, { [`${type.extension?.id}:${name}`]: of[name] ?? null }))
  }
  if (isReadOnly(place)) throw new ScimProblem('mutability', `${path.slice(0, 100)} cannot be set`)
  const { attribute, filter, sub } = place
  if (filter !== undefined && !attribute.multiValued)
    throw new ScimProblem('invalidPath', `${attribute.name} has one value only`)
  if (sub && attribute.multiValued && filter === undefined)
    throw new ScimProblem('invalidPath', `${attribute.name}: say which, as in ${attribute.name}[type eq "work"]`)
  const read = sub || filter === undefined ? readValue(sub ?? attribute, value) : readOne(attribute, value)
  return [{ ...place, op: read === undefined ? 'remove' : op, value: read }]
}

type Place = Omit<Step, 'op' | 'value'>

const isReadOnly = ({ attribute, sub }: Place): boolean => (sub ?? attribute).mutability === 'readOnly'

const shape = /^([a-z$][\w$-]*)(?:\[(.*)\])?(?:\.([a-z$][\w$-]*))?$/is

/** The place a path names. Filters come out in canonical form, of attributes the schema knows. */
const locate = (type: ResourceType, path: string): Place | 'extension' | 'unknown' => {
  const inner = path.toLowerCase()
  const extensionId = type.extension?.id.toLowerCase()
  if (extensionId && inner === extensionId) return 'extension'
  const prefix = [extensionId, type.schema.id.toLowerCase()].find((id) => id && inner.startsWith(`${id}:`))
  const inExtension = prefix !== undefined && prefix === extensionId
  const [, name = '', filter, subName] = shape.exec(prefix ? path.slice(prefix.length + 1) : path) ?? []
  const attribute = attributeOf(inExtension ? type.extension?.attributes : type.schema.attributes, name)
  if (!attribute) return 'unknown'
  const sub = subName === undefined ? undefined : attributeOf(attribute.subAttributes, subName)
  if (subName !== undefined && !sub) return 'unknown'
  return { attribute, inExtension, filter: filter === undefined ? undefined : canonical(attribute, filter), sub }
}

const canonical = (attribute: Attribute, text: string): string => {
  const filter = parseFilter(text)
  const unknown = [...text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '').matchAll(/[a-z$][\w$.:-]*/gi)]
    .map(([word]) => word)
    .filter((word) => !reserved.has(word.toLowerCase()) && !attributeOf(attribute.subAttributes, word))
  if (unknown.length > 0) throw new ScimProblem('invalidPath', `${attribute.name} has no ${unknown[0]?.slice(0, 100)}`)
  return stringify(filter)
}

const reserved = new Set([
  'eq',
  'ne',
  'co',
  'sw',
  'ew',
  'gt',
  'ge',
  'lt',
  'le',
  'pr',
  'and',
  'or',
  'not',
  'true',
  'false',
  'null',
])

/** The path scim-patch takes, in which the extension is a member like others. */
export const pathOfStep = ({ inExtension, attribute, filter, sub }: Step): string =>
  [
    ...(inExtension ? [extensionKey] : []),
    `${attribute.name}${filter === undefined ? '' : `[${filter}]`}`,
    ...(sub ? [sub.name] : []),
  ].join('.')
