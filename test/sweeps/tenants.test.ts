import { describe, expect, test } from 'vitest'
import { endpointOf, placesOf } from '../../src/api/endpoint.ts'
import type { AnyOperation } from '../../src/api/operation.ts'
import { sequence } from '../../src/journal/sequence.ts'
import { modules } from '../../src/modules/index.ts'
import { createWorld } from '../support/app.ts'
import { operations } from '../support/contract.ts'
import { ask, edgeDocumentsOf } from '../support/graphql.ts'
import { callOf, resourceBehind, send } from '../support/requests.ts'
import { bodyOf, createSamples, resolve } from '../support/samples.ts'

const mine = await createWorld({ at: '2026-06-01T10:00:00.000Z' })
const theirs = await createWorld({ at: '2026-06-01T10:00:00.000Z' })
const { call } = mine
await createSamples(call)
// Entries of the audit log are there when they have their place.
await sequence(mine.pool, mine.organizationId)
const canaries = await createSamples(theirs.call)
await theirs.call('PATCH', `/v1/teams/${String(canaries.get('Team')?.['id'])}`, { externalId: 'canary' })

const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g
const own = new Set(
  JSON.stringify(
    await Promise.all(
      operations
        .filter((o) => o.list && !placesOf(o).path.includes('/:'))
        .map((o) => send(call, { operation: o, path: {}, body: undefined })),
    ),
  ).match(uuid),
)
const foreign = [
  ...new Set([...JSON.stringify([...canaries.values()]).matchAll(uuid)].map(([id]) => id)),
  theirs.organizationId,
]
const unknown = '01990000-0000-7000-8000-00000000dead'
const foreignId = (resource: string) => (canaries.get(resource)?.['id'] ?? theirs.organizationId) as string

test('the canaries are there, and are nobody else', () => {
  expect(canaries.size).toBeGreaterThanOrEqual(10)
  expect(foreign.filter((id) => own.has(id))).toEqual([])
})

describe('no answer to a read holds anything of another organization', () => {
  test.each(operations.filter(({ rest }) => rest.startsWith('GET ')))('$name', async (operation) => {
    const wanted = await callOf(call, operation)
    const { inQuery } = placesOf(operation)
    const queries = [
      '',
      ...('updatedSince' in inQuery ? ['?limit=100&includeDeleted=true&updatedSince=2000-01-01T00:00:00Z'] : []),
    ]
    for (const key of Object.keys(inQuery).filter((name) => name.endsWith('Id') && name !== 'externalId'))
      queries.push(
        `?${foreign
          .slice(0, 90)
          .map((id) => `${key}=${id}`)
          .join('&')}`,
      )
    for (const query of queries) {
      const { status, body } = await send(call, wanted, query)
      expect(status, JSON.stringify(body)).toBe(200)
      const text = JSON.stringify(body)
      expect(
        foreign.filter((id) => text.includes(id)),
        query,
      ).toEqual([])
    }
  })

  test.each(operations.filter(({ list, surfaces }) => list && !surfaces))(
    '$name by GraphQL, edges included',
    async (operation) => {
      const wanted = await callOf(call, operation)
      const { data, errors } = await ask(call, wanted, { first: 100 })
      expect(errors).toBeUndefined()
      expect(data.nodes.length).toBeGreaterThan(0)
      const texts = [JSON.stringify(data)]
      for (const query of edgeDocumentsOf(operation, { ...wanted.path, first: 100 })) {
        const { body } = await call.graphql(query)
        expect(body.errors, query).toBeUndefined()
        texts.push(JSON.stringify(body))
      }
      expect(foreign.filter((id) => texts.join().includes(id))).toEqual([])
    },
  )
})

/** What a caller can tell from an answer, without the id it asked for and without the request's own name. */
const seen = async (operation: AnyOperation, path: Record<string, string>, body: unknown, id: string) => {
  const answer = await send(call, { operation, path, body })
  const { instance: _instance, ...rest } = answer.body ?? {}
  return { status: answer.status, text: JSON.stringify(rest).replaceAll(id, 'ID') }
}

describe('an id of another organization answers exactly like one that does not exist', () => {
  test.each(
    operations.filter(
      (operation) =>
        resourceBehind(operation) &&
        endpointOf(operation).pathParameters.some((name) => /id$/i.test(name) && name !== 'externalId'),
    ),
  )('in the path of $name', async (operation) => {
    const { path, body } = await callOf(call, operation)
    const [name] = endpointOf(operation).pathParameters as [string]
    const target = Object.values(resourceBehind(operation)?.belongsTo ?? {}).find(({ key }) => key === name)
    const id = foreignId(target ? target.to().name : (resourceBehind(operation)?.name as string))
    const answer = await seen(operation, { ...path, [name]: id }, body, id)
    expect(answer).toEqual(await seen(operation, { ...path, [name]: unknown }, body, unknown))
    expect(answer.status).toBe(404)
  })

  const references = operations.flatMap((operation) => {
    const properties = bodyOf(operation)?.properties ?? {}
    const edges = Object.values(resourceBehind(operation)?.belongsTo ?? {}).filter(({ key }) => key in properties)
    return edges.map(({ key, to }) => ({ operation, key, target: to().name, name: operation.name }))
  })
  test.each(references)('as $key of $name', async ({ operation, key, target }) => {
    const { path, body } = await callOf(call, operation)
    const given = (id: string) => ({
      ...(body as object),
      ...(key === 'parentKeyResultId' ? { parentObjectiveId: null } : {}),
      [key]: id,
    })
    const id = foreignId(target)
    const answer = await seen(operation, path, given(id), id)
    expect(answer).toEqual(await seen(operation, path, given(unknown), unknown))
    expect(answer.status).toBeGreaterThanOrEqual(400)
  })

  const objective = operations.find(({ name }) => name === 'createObjective') as AnyOperation
  test.each([
    ['owner', 'Team', (id: string) => ({ ownerType: 'team', ownerId: id })],
    ['owner', 'User', (id: string) => ({ ownerType: 'user', ownerId: id })],
    ['owner', 'Department', (id: string) => ({ ownerType: 'department', ownerId: id })],
    ['owner', 'Organization', (id: string) => ({ ownerType: 'organization', ownerId: id })],
    ['contributor', 'Team', (id: string) => ({ contributors: [{ type: 'team', id }] })],
  ])('as %s of the kind %s', async (_what, target, members) => {
    const { path, body } = await callOf(call, objective)
    const id = foreignId(target)
    const answer = await seen(objective, path, { ...(body as object), ...members(id) }, id)
    expect(answer).toEqual(await seen(objective, path, { ...(body as object), ...members(unknown) }, unknown))
    expect(answer.status).toBe(422)
  })

  const pointed = modules.flatMap(({ resource, operations: all }) =>
    Object.values(resource?.polymorphic ?? {}).flatMap(({ type, key, to }) => {
      const create = all.find(({ name }) => name === `create${resource?.name}`)
      if (!create || !(key in (bodyOf(create)?.properties ?? {}))) return []
      return Object.entries(to()).map(([kind, target]) => ({ create, name: create.name, type, key, kind, target }))
    }),
  )
  test.each(pointed)('as $key of $name, of the kind $kind', async ({ create, type, key, kind, target }) => {
    const { path, body } = await callOf(call, create)
    const given = (id: string) => ({ ...(body as object), [type]: kind, [key]: id })
    const id = foreignId(target.name)
    const answer = await seen(create, path, given(id), id)
    expect(answer).toEqual(await seen(create, path, given(unknown), unknown))
    expect(answer.status).toBe(422)
  })

  test.each([
    ['createInitiative', 'KeyResult', (id: string) => ({ keyResultIds: [id] })],
    ['createComment', 'User', (id: string) => ({ mentions: [id] })],
    ['createComment', 'User', (id: string) => ({ authorId: id })],
    ['createObjectiveUpdate', 'User', (id: string) => ({ authorId: id })],
    ['createRetrospective', 'User', (id: string) => ({ authorId: id })],
    ['applyOkrTemplate', 'Team', (id: string) => ({ owners: [{ type: 'team', id }] })],
    ['applyOkrTemplate', 'Cycle', (id: string) => ({ cycleId: id })],
    ['applyOkrTemplate', 'Pillar', (id: string) => ({ pillarId: id })],
    ['carryOverObjective', 'Cycle', (id: string) => ({ cycleId: id })],
    ['carryOverCycle', 'Cycle', (id: string) => ({ cycleId: id })],
    ['createObjective', 'Kpi', (id: string) => ({ watchedKpiIds: [id] })],
    ['createInitiative', 'Kpi', (id: string) => ({ kpiIds: [id] })],
    ['createKpi', 'Kpi', (id: string) => ({ driverIds: [id] })],
    ['createScorecard', 'Kpi', (id: string) => ({ items: [{ kpiId: id, perspective: 'growth' }] })],
    ['batchMeasurement', 'Kpi', (id: string) => ({ items: [{ kpiId: id, period: '2026-05', value: 1 }] })],
    ['promoteKpi', 'Cycle', (id: string) => ({ cycleId: id })],
    ['simulate', 'Objective', (id: string) => ({ changes: [{ objectiveId: id, state: 'cancelled' }] })],
    ['simulate', 'KeyResult', (id: string) => ({ changes: [{ keyResultId: id, value: 1 }] })],
    ['simulate', 'Alignment', (id: string) => ({ changes: [{ deleteAlignment: id }] })],
  ])('inside the body of %s: a %s', async (name, target, members) => {
    const operation = operations.find((each) => each.name === name) as AnyOperation
    const { path, body } = await callOf(call, operation)
    const id = foreignId(target)
    const answer = await seen(operation, path, { ...(body as object), ...members(id) }, id)
    expect(answer).toEqual(await seen(operation, path, { ...(body as object), ...members(unknown) }, unknown))
    expect([404, 422], answer.text).toContain(answer.status)
  })

  const itemOf = (operation: AnyOperation) => resolve(bodyOf(operation)?.properties?.['items']?.items ?? {})
  const batches = operations.filter(
    (operation) => operation.name.startsWith('batch') && 'id' in (itemOf(operation).properties ?? {}),
  )
  test.each(batches)('as the id of an item of $name', async (operation) => {
    const id = foreignId(resourceBehind(operation)?.name as string)
    const answer = await seen(operation, {}, { items: [{ id }] }, id)
    expect(answer).toEqual(await seen(operation, {}, { items: [{ id: unknown }] }, unknown))
    expect(answer.status).toBe(404)
  })

  test('as an external id: it is free here', async () => {
    const { status, body } = await call('PUT', '/v1/teams/by-external-id/canary', { name: 'Mine' })
    expect(status).toBe(201)
    expect(foreign).not.toContain(body.id)
  })
})

test('a credential names its organization, and works in no other', async () => {
  const hex = (id: string) => id.replaceAll('-', '')
  const moved = theirs.apiKey.replace(hex(theirs.organizationId), hex(mine.organizationId))
  expect((await mine.as(moved)('GET', '/v1/me')).status).toBe(401)
  expect((await mine.as(theirs.apiKey)('GET', '/v1/me')).body.organization.id).toBe(theirs.organizationId)
})
