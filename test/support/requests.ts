import { placesOf } from '../../src/api/endpoint.ts'
import type { AnyOperation } from '../../src/api/operation.ts'
import type { Resource } from '../../src/api/resource.ts'
import { modules } from '../../src/modules/index.ts'
import type { Caller } from './app.ts'
import { reviewBodies, reviewPaths, reviewPreparations } from './requests.reviews.ts'
import { importBodies } from './samples.imports.ts'
import { kpiBodies, kpiPreparations } from './samples.kpis.ts'
import { outlookPreparations } from './samples.outlook.ts'
import { bodyOf, createOf, createOne, membersFor, resourceOf, sampleOf } from './samples.ts'

/** An operation called: the members of its path, and its body. */
export type Call = { operation: AnyOperation; path: Record<string, string>; body: unknown }

export const resourceBehind = (operation: AnyOperation): Resource | null =>
  modules.find((module) => module.operations.includes(operation))?.resource ?? null

export const urlOf = ({ operation, path }: Pick<Call, 'operation' | 'path'>): string =>
  `/v1${placesOf(operation).path.replaceAll(/:(\w+)/g, (_all, name: string) => encodeURIComponent(path[name] ?? ''))}`

export const send = (caller: Caller, call: Call, query = '', headers: Record<string, string> = {}) =>
  caller(placesOf(call.operation).method, urlOf(call) + query, call.body, { ...typeOf(call.operation), ...headers })

const typeOf = ({ upload }: AnyOperation): Record<string, string> =>
  upload?.mediaTypes[0] ? { 'content-type': upload.mediaTypes[0] } : {}

let counter = 0

/**
 * A call that succeeds, with a row of its own to work on where it needs one. `setup` makes that row: the caller under
 * test may not be allowed to.
 */
export const callOf = async (setup: Caller, operation: AnyOperation): Promise<Call> => {
  const { path, method, body } = placesOf(operation)
  const resource = resourceBehind(operation)
  const known = await reviewPaths[operation.name]?.(setup)
  if (known) return { operation, path: known, body: body && (await givenTo(setup, operation, method)) }
  if (resource && path.endsWith('/batch'))
    return { operation, path: {}, body: { items: [await membersFor(setup, resource)] } }
  if (resource && path.endsWith('/by-external-id/:externalId'))
    return { operation, path: { externalId: `by hand ${++counter}` }, body: await membersFor(setup, resource) }
  if (resource && operation === createOf(resource)) {
    const members = await membersFor(setup, resource)
    const inPath = Object.keys(placesOf(operation).inPath)
    const entries = Object.entries(members)
    return {
      operation,
      path: Object.fromEntries(entries.filter(([name]) => inPath.includes(name))) as Record<string, string>,
      body: Object.fromEntries(entries.filter(([name]) => !inPath.includes(name))),
    }
  }
  const [parent] = Object.keys(placesOf(operation).inPath).filter((name) => name !== 'id')
  if (resource && parent && method === 'GET') {
    const row = await createOne(setup, resource)
    return { operation, path: { [parent]: String(row[parent]) }, body: undefined }
  }
  const id = path.includes(':id') && resource ? String((await createOne(setup, resource))['id']) : ''
  if (path.endsWith('/:id/restore') && resource) await setup('DELETE', `/v1/${resource.path}/${id}`)
  await preparations[operation.name]?.(setup, id)
  const given = body ? await givenTo(setup, operation, method) : undefined
  return { operation, path: id ? { id } : {}, body: given }
}

const alignBelow = async (setup: Caller, parentObjectiveId: string): Promise<void> => {
  await createOne(setup, resourceOf('Alignment'), { parentObjectiveId })
}

const checkIn = async (setup: Caller, keyResultId: string): Promise<void> => {
  for (const value of [1, 2, 3]) await createOne(setup, resourceOf('CheckIn'), { keyResultId, value })
}

/** What must have happened to the row an operation is about: so that there is something to do, or to tell. */
const preparations: Record<string, (setup: Caller, id: string) => Promise<unknown>> = {
  ...reviewPreparations,
  ...kpiPreparations,
  ...outlookPreparations,
  reopenObjective: (setup, id) => setup('POST', `/v1/objectives/${id}/close`, {}),
  objectiveTree: alignBelow,
  objectiveExplanation: alignBelow,
  keyResultHistory: checkIn,
  objectiveHistory: async (setup, objectiveId) =>
    checkIn(setup, (await createOne(setup, resourceOf('KeyResult'), { objectiveId }))['id'] as string),
  revisions: async (setup, id) => {
    await checkIn(setup, id)
    for (const target of [11, 12, 13]) await setup('PATCH', `/v1/key-results/${id}`, { target, reason: 'Learnt' })
  },
}

const intoNewCycle = async (setup: Caller) => ({ cycleId: (await createOne(setup, resourceOf('Cycle')))['id'] })

/** Bodies that point to rows of their own: where a schema alone cannot say what. */
const bodies: Record<string, (setup: Caller) => Promise<Record<string, unknown>>> = {
  ...reviewBodies,
  applyOkrTemplate: async (setup) => ({
    cycleId: (await createOne(setup, resourceOf('Cycle')))['id'],
    owners: [{ type: 'organization' }],
  }),
  carryOverObjective: (setup) => intoNewCycle(setup),
  carryOverCycle: (setup) => intoNewCycle(setup),
  simulate: async (setup) => ({
    changes: [{ objectiveId: (await createOne(setup, resourceOf('Objective')))['id'], state: 'cancelled' }],
  }),
}

const givenTo = async (setup: Caller, operation: AnyOperation, method: string): Promise<unknown> => {
  const uploaded = importBodies[operation.name]
  if (uploaded) return uploaded(setup)
  const ofKpis = kpiBodies[operation.name]
  if (ofKpis) return ofKpis(async () => (await createOne(setup, resourceOf('Cycle')))['id'])
  const known = bodies[operation.name]
  if (known) return known(setup)
  return method === 'PATCH' ? changeOf(operation) : sampleOf(bodyOf(operation) ?? {})
}

/** One member that every update of the resource can change. */
const changeOf = (operation: AnyOperation): Record<string, unknown> => {
  const names = Object.keys(bodyOf(operation)?.properties ?? {})
  const text = ['name', 'title', 'displayName', 'note', 'text', 'body', 'externalId'].find((name) =>
    names.includes(name),
  )
  return text ? { [text]: `Changed ${++counter}` } : {}
}
