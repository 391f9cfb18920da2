import { endpointOf } from '../../src/api/endpoint.ts'
import type { JsonSchema } from '../../src/api/openapi.ts'
import type { AnyOperation } from '../../src/api/operation.ts'
import type { Resource } from '../../src/api/resource.ts'
import { modules } from '../../src/modules/index.ts'
import type { Answer, Caller } from './app.ts'
import { document, operations } from './contract.ts'
import { kpiHints } from './samples.kpis.ts'
import { comeAbout } from './samples.outlook.ts'
import { reviewHints, reviewWanted } from './samples.reviews.ts'
import { webhookHints, webhookMakers } from './samples.webhooks.ts'

type Members = Record<string, any>

/** What a schema alone cannot say: rules across members. A new resource needs a line only if it has such rules. */
const hints: Record<string, Members> = {
  KeyResult: { kind: 'metric', baseline: 0, target: 10 },
  CheckIn: { value: 5 },
  OkrTemplate: { keyResults: [{ title: 'Find the baseline', kind: 'baseline' }] },
  Retrospective: { worked: 'Weekly check-ins' },
  ...webhookHints,
  ...reviewHints,
  ...kpiHints,
}
/** Of several references only one may be given, or one is needed that the schema leaves open. */
const wanted: Record<string, string[]> = { Alignment: ['parentObjectiveId'], CheckIn: ['keyResultId'], ...reviewWanted }
/** What a row must be to be pointed at. */
const targets: Record<string, Members> = { 'KeyResultLink.parentKeyResultId': { source: 'rollup' } }

/** What is not created by a call of its own. */
const makers: Record<string, (call: Caller) => Promise<Answer>> = { ...webhookMakers }

let counter = 0

export const resolve = (schema: JsonSchema): JsonSchema =>
  schema.$ref ? (document.components.schemas[schema.$ref.split('/').at(-1) as string] as JsonSchema) : schema

/** The smallest value a schema takes; text is different each time. */
export const sampleOf = (given: JsonSchema): unknown => {
  const schema = resolve(given)
  if (schema.enum) return schema.enum[0]
  if (schema.anyOf) return sampleOf(schema.anyOf[0] as JsonSchema)
  const type = [schema.type ?? []].flat()[0]
  if (type === 'object') return requiredOf(schema)
  if (type === 'array') return [sampleOf(schema.items ?? {})]
  if (type === 'boolean') return true
  if (type === 'integer' || type === 'number') return 1
  if (schema.format === 'date') return '2026-06-30'
  if (schema.format === 'date-time') return '2026-06-30T12:00:00.000Z'
  if (schema.format === 'email') return `sample${++counter}@example.com`
  return `Sample${++counter}`
}

const requiredOf = ({ properties = {}, required = [] }: JsonSchema): Members =>
  Object.fromEntries(
    required
      .filter((name) => (properties[name] as JsonSchema).default === undefined)
      .map((name) => [name, sampleOf(properties[name] as JsonSchema)]),
  )

/** The documented body of an operation, if it has one. */
export const bodyOf = (operation: AnyOperation): JsonSchema | undefined => {
  const { method, path } = endpointOf(operation)
  const at = document.paths[`/v1${path.replaceAll(/:(\w+)/g, '{$1}')}`]
  const schema = at?.[method.toLowerCase()]?.requestBody?.content['application/json']?.schema
  return schema && resolve(schema)
}

export const resourceOf = (name: string): Resource => {
  const found = modules.find(({ resource }) => resource?.name === name)?.resource
  if (!found) throw new Error(`no resource ${name}`)
  return found
}

export const createOf = ({ name }: Resource): AnyOperation | undefined =>
  operations.find((operation) => operation.name === `create${name}`)

/** References of which a handful may point to one row: goals cost most to make, and several are made for each case. */
const sharing = ['Objective.cycleId', 'KeyResult.objectiveId', 'CheckIn.keyResultId', 'ObjectiveUpdate.objectiveId']
const shared = new Map<string, { row: Members; uses: number }>()
const usesAtMost = 8

const targetOf = async (call: Caller, to: Resource, name: string): Promise<Members> => {
  if (!sharing.includes(name)) return createOne(call, to, targets[name])
  const key = `${call.id} ${name}`
  const known = shared.get(key)
  if (known && known.uses++ < usesAtMost) return known.row
  const row = await createOne(call, to, targets[name])
  shared.set(key, { row, uses: 1 })
  return row
}

/** What a create takes, path members included: required members, hints, and references to rows made for it. */
export const membersFor = async (call: Caller, resource: Resource, given: Members = {}): Promise<Members> => {
  const create = createOf(resource) as AnyOperation
  const body = bodyOf(create) as JsonSchema
  const { pathParameters } = endpointOf(create)
  const members = { ...requiredOf(body), ...hints[resource.name], ...given }
  const needed = [...(body.required ?? []), ...pathParameters, ...(wanted[resource.name] ?? [])]
  for (const { key, to } of Object.values(resource.belongsTo ?? {}))
    if (needed.includes(key) && given[key] === undefined)
      members[key] = (await targetOf(call, to(), `${resource.name}.${key}`))['id']
  for (const { type, key, to } of Object.values(resource.polymorphic ?? {}))
    if ((body.required ?? []).includes(key) && given[key] === undefined)
      members[key] = (await createOne(call, to()[members[type] as string] as Resource))['id']
  return members
}

/** Sends a create; members of its path are taken from among the others. */
export const create = (call: Caller, resource: Resource, members: Members) => {
  const { method, path, pathParameters } = endpointOf(createOf(resource) as AnyOperation)
  const inPath = path.replaceAll(/:(\w+)/g, (_all, name: string) => String(members[name]))
  const body = Object.fromEntries(Object.entries(members).filter(([name]) => !pathParameters.includes(name)))
  return call(method, `/v1${inPath}`, body)
}

/** Creates one row of a resource, and whatever it must point to. */
export const createOne = async (call: Caller, resource: Resource, given: Members = {}): Promise<Members> => {
  const happens = comeAbout[resource.name]
  if (happens) return happens(call, (name, members) => createOne(call, resourceOf(name), members))
  const answer = await (makers[resource.name]?.(call) ??
    create(call, resource, await membersFor(call, resource, given)))
  if (answer.status !== 201) throw new Error(`no sample of ${resource.name}: ${JSON.stringify(answer.body)}`)
  return answer.body
}

/** One row of everything that can be created, by resource name. */
export const createSamples = async (call: Caller): Promise<Map<string, Members>> => {
  const samples = new Map<string, Members>()
  for (const { resource } of modules)
    if (resource && createOf(resource)) samples.set(resource.name, await createOne(call, resource))
  return samples
}
