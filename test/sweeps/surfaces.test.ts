import { describe, expect, test } from 'vitest'
import { endpointOf, placesOf } from '../../src/api/endpoint.ts'
import { sortsOf } from '../../src/api/order.ts'
import { sequence } from '../../src/journal/sequence.ts'
import { auditEntry } from '../../src/modules/audit-log/audit-log.schema.ts'
import { createWorld } from '../support/app.ts'
import { operations } from '../support/contract.ts'
import { ask } from '../support/graphql.ts'
import { callOf, resourceBehind, send } from '../support/requests.ts'
import { createOne, resourceOf } from '../support/samples.ts'
import { stable } from '../support/stable.ts'

const { call, as, key, pool, organizationId } = await createWorld({ at: '2026-06-01T10:00:00.000Z' })
const offered = operations.filter(({ surfaces }) => !surfaces)
const reading = offered.filter(({ rest }) => rest.startsWith('GET '))
const writing = offered.filter(({ rest }) => !rest.startsWith('GET '))
const lists = reading.filter(({ list }) => list)
const unknown = '01990000-0000-7000-8000-00000000dead'

type Listed = Parameters<typeof sortsOf>[0]
const has = (operation: (typeof lists)[number], name: string) => name in placesOf(operation).inQuery

/** A list with at least three rows in it, and one of them. */
const listOf = async (operation: (typeof lists)[number], given = {}) => {
  const { resource } = operation.list as { resource: Listed }
  // Not everything has an id of its caller's.
  const own = 'externalId' in resource.schema.shape ? given : {}
  const wanted = await callOf(call, operation)
  // Every write is an entry, once it has its place.
  if (resource === auditEntry) await sequence(pool, organizationId)
  if (resource === auditEntry || placesOf(operation).path.includes('/:')) {
    const row = (await send(call, wanted)).body.items[0]
    return { resource, wanted, row }
  }
  for (let count = 0; count < 2; count++) await createOne(call, resource)
  return { resource, wanted, row: await createOne(call, resource, own) }
}

describe('reads answer the same', () => {
  test.each(reading.filter(({ list }) => !list))('$name', async (operation) => {
    const wanted = await callOf(call, operation)
    const { data, errors } = await ask(call, wanted)
    expect(errors).toBeUndefined()
    expect(data).toEqual((await send(call, wanted)).body)
  })

  test.each(lists)('$name: every order, page by page', async (operation) => {
    const { resource, wanted } = await listOf(operation)
    const sorts = has(operation, 'sort') ? sortsOf(resource).flatMap((sort) => [sort, `-${sort}`]) : []
    for (const sort of ['', ...sorts]) {
      // People are not ranked.
      const ranks = resource.judgeList !== undefined && /progress|health/.test(sort)
      const query = `?limit=2${sort ? `&sort=${sort}` : ''}${ranks ? '&ownerType=organization' : ''}`
      const arguments_ = { first: 2, ...(sort ? { sort } : {}), ...(ranks ? { ownerType: ['organization'] } : {}) }
      const rest = [(await send(call, wanted, query)).body]
      rest.push((await send(call, wanted, `${query}&cursor=${encodeURIComponent(rest[0].nextCursor)}`)).body)
      const first = await ask(call, wanted, arguments_)
      expect(first.errors).toBeUndefined()
      const second = await ask(call, wanted, { ...arguments_, after: first.data.pageInfo.endCursor })
      for (const [at, { data }] of [first, second].entries()) {
        expect(data.nodes).toEqual(rest[at].items)
        expect(data.pageInfo.hasNextPage).toBe(rest[at].nextCursor !== null)
      }
    }
  })

  test.each(lists)('$name: every filter', async (operation) => {
    const { resource, wanted, row } = await listOf(operation, { externalId: `filter ${operation.name}` })
    for (const filter of (resource.filters ?? []).filter((name) => has(operation, name))) {
      const value = filter === 'health' ? row.health.effective : [row[filter]].flat()[0]
      if (value === null || value === undefined) continue
      const rest = await send(call, wanted, `?limit=100&${filter}=${encodeURIComponent(value as string)}`)
      expect(
        rest.body.items.map(({ id }: { id: string }) => id),
        filter,
      ).toContain(row['id'])
      const { data, errors } = await ask(call, wanted, { first: 100, [filter]: [value] })
      expect(errors).toBeUndefined()
      expect(data.nodes).toEqual(rest.body.items)
    }
    if (!has(operation, 'updatedSince')) return
    const sync = { updatedSince: '2026-01-01T00:00:00Z', includeDeleted: true }
    const rest = await send(call, wanted, `?limit=100&updatedSince=${sync.updatedSince}&includeDeleted=true`)
    expect((await ask(call, wanted, { first: 100, ...sync })).data.nodes).toEqual(rest.body.items)
  })
})

describe('a history answers the same by every clock, span and moment', () => {
  const asked = { clock: 'effective', from: '2026-06-01T10:00:00.002Z', to: '2026-06-01T10:00:00.002Z' }
  const moment = { asOf: '2026-06-01T10:00:00.000Z' }
  test.each(lists.filter((operation) => has(operation, 'clock')))('$name', async (operation) => {
    const wanted = await callOf(call, operation)
    for (const given of [...Object.entries(asked).map(([name, value]) => ({ [name]: value })), asked, moment]) {
      const rest = await send(call, wanted, `?${String(new URLSearchParams(given as Record<string, string>))}`)
      expect(rest.status, JSON.stringify(rest.body)).toBe(200)
      expect((await ask(call, wanted, given)).data.nodes).toEqual(rest.body.items)
    }
  })
})

describe('writes answer the same, and are read as they were answered', () => {
  test.each(writing)('$name', async (operation) => {
    const wanted = await callOf(call, operation)
    const rest = await send(call, wanted, '?validateOnly=true')
    const dry = await ask(call, wanted, { validateOnly: true })
    expect(dry.errors).toBeUndefined()
    // REST may say more: what GraphQL has an edge for.
    const said = Object.keys(dry.data).map((name) => [name, rest.body[name]])
    expect(stable(Object.fromEntries(said))).toEqual(stable(dry.data))

    const { data, errors } = await ask(call, wanted)
    expect(errors).toBeUndefined()
    expect(stable(data)).toEqual(stable(dry.data))
    const resource = operation.returns ? resourceOf(operation.returns) : resourceBehind(operation)
    if (!resource || !data.createdAt) return
    const at = resource.name === 'Organization' ? '/v1/organization' : `/v1/${resource.path}/${data.id}`
    const { apiKey: _key, secret: _secret, ...row } = data
    expect((await call('GET', at)).body).toEqual(row)
  })
})

describe('refusals carry the same code', async () => {
  const reader = as(await key('viewer', ['review:read']))
  const viewer = as(await key('viewer', ['admin']))

  test.each(offered)('$name', async (operation) => {
    const wanted = await callOf(call, operation)
    const { pathParameters } = endpointOf(operation)
    const { operation: _operation, ...given } = wanted
    const refused = [
      { caller: reader, wanted },
      { caller: viewer, wanted },
      ...(pathParameters.includes('id')
        ? [{ caller: call, wanted: { operation, ...given, path: { id: unknown } } }]
        : []),
      ...(pathParameters.includes('id') ? [{ caller: call, wanted: { operation, ...given, path: { id: 'x' } } }] : []),
    ]
    for (const { caller, wanted: asked } of refused) {
      const rest = await send(caller, asked)
      if (rest.status < 400) continue
      const { problem } = await ask(caller, asked)
      const { instance: _one, ...expected } = rest.body
      const { instance: _other, ...found } = problem
      expect(found).toEqual(expected)
    }
  })

  test.each(writing.filter(({ name }) => /^(update|delete)/.test(name) && name !== 'updateOrganization'))(
    '$name: a stale version',
    async (operation) => {
      const wanted = await callOf(call, operation)
      const rest = await send(call, wanted, '', { 'if-match': '"77"' })
      expect([rest.status, rest.body.code]).toEqual([412, 'precondition_failed'])
      expect((await ask(call, wanted, { ifMatch: 77 })).problem.code).toBe('precondition_failed')
    },
  )
})
