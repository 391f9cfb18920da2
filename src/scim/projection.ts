import { isObject, type Members } from './body.ts'
import type { ResourceType } from './schema.ts'

/** What of a resource is answered (RFC 7644 §3.9): paths as steps in lower case. */
export type Projection = { attributes: string[][] | undefined; excluded: string[][] }

const always = ['schemas', 'id']

/** `attributes` and `excludedAttributes`, as a query's texts or a search's lists. Names that are unknown choose nothing. */
export const projectionOf = (type: ResourceType, attributes: unknown, excluded: unknown): Projection => ({
  attributes: attributes === undefined ? undefined : pathsOf(type, attributes),
  excluded: excluded === undefined ? [] : pathsOf(type, excluded),
})

const pathsOf = ({ schema, extension }: ResourceType, names: unknown): string[][] =>
  [names]
    .flat()
    .flatMap((name) => (typeof name === 'string' ? name.toLowerCase().split(',') : []))
    .map((name) => name.trim())
    .filter(Boolean)
    .map((name) => {
      const extensionId = extension?.id.toLowerCase() ?? ''
      if (extensionId && name === extensionId) return [extensionId]
      if (extensionId && name.startsWith(`${extensionId}:`))
        return [extensionId, ...name.slice(extensionId.length + 1).split('.')]
      const core = `${schema.id.toLowerCase()}:`
      return (name.startsWith(core) ? name.slice(core.length) : name).split('.')
    })

/** Whether an attribute will be shown at all, so that what is costly need not be read. */
export const shows = ({ attributes, excluded }: Projection, name: string): boolean =>
  !excluded.some((path) => path.length === 1 && path[0] === name) &&
  (attributes === undefined || attributes.some(([first]) => first === name))

export const projected = (resource: Members, { attributes, excluded }: Projection): Members => {
  const chosen = attributes ? keep(resource, [...always.map((name) => [name]), ...attributes]) : resource
  return drop(
    chosen,
    excluded.filter(([first, ...rest]) => rest.length > 0 || !always.includes(first ?? '')),
  )
}

const below = (paths: readonly string[][], name: string): string[][] =>
  paths.filter(([first]) => first === name.toLowerCase()).map(([, ...rest]) => rest)

const within = (value: unknown, work: (members: Members) => Members): unknown =>
  Array.isArray(value) ? value.map((each: unknown) => within(each, work)) : isObject(value) ? work(value) : value

const keep = (members: Members, paths: readonly string[][]): Members =>
  Object.fromEntries(
    Object.entries(members).flatMap(([name, value]) => {
      const inner = below(paths, name)
      if (inner.length === 0) return []
      return [[name, inner.some((path) => path.length === 0) ? value : within(value, (each) => keep(each, inner))]]
    }),
  )

const drop = (members: Members, paths: readonly string[][]): Members =>
  Object.fromEntries(
    Object.entries(members).flatMap(([name, value]) => {
      const inner = below(paths, name)
      if (inner.some((path) => path.length === 0)) return []
      return [[name, inner.length === 0 ? value : within(value, (each) => drop(each, inner))]]
    }),
  )
