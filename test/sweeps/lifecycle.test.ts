import { describe, expect, test } from 'vitest'
import type { Resource } from '../../src/api/resource.ts'
import { createWorld } from '../support/app.ts'
import { operations } from '../support/contract.ts'
import { create, createOne, membersFor, resourceOf } from '../support/samples.ts'

const { call, clock } = await createWorld({ at: '2026-06-01T10:00:00.000Z' })
const at = (resource: Resource, id: unknown) => `/v1/${resource.path}/${id as string}`
let number = 0
const later = () => (clock.now = new Date(clock.now.getTime() + 1_000))

const restorable = operations
  .filter(({ name }) => name.startsWith('restore'))
  .map(({ name }) => resourceOf(name.slice('restore'.length)))

describe.each(restorable)('$name', (resource) => {
  const remove = (id: unknown) => call('DELETE', at(resource, id))
  const restore = (id: unknown) => call('POST', `${at(resource, id)}/restore`)
  const listed = async (query = '') =>
    (await call('GET', `/v1/${resource.path}?sort=-createdAt&limit=100${query}`)).body.items as { id: string }[]
  const put = (externalId: string, body: unknown) =>
    call('PUT', `/v1/${resource.path}/by-external-id/${encodeURIComponent(externalId)}`, body)

  test('is deleted softly and comes back whole', async () => {
    const row = await createOne(call, resource)
    later()
    expect((await remove(row['id'])).status).toBe(204)
    for (const [method, body] of [['GET'], ['PATCH', {}], ['DELETE']] as const)
      expect((await call(method, at(resource, row['id']), body)).status, method).toBe(404)
    expect((await listed()).map(({ id }) => id)).not.toContain(row['id'])
    const tombstone = (await listed('&includeDeleted=true')).find(({ id }) => id === row['id'])
    expect(tombstone).toMatchObject({ version: 2, deletedAt: clock.now.toISOString() })

    later()
    const back = await restore(row['id'])
    expect(back.status).toBe(200)
    const { version: _version, updatedAt: _updatedAt, scoredAt: _scoredAt, ...rest } = row
    expect(back.body).toMatchObject({ ...rest, version: 3, updatedAt: clock.now.toISOString(), deletedAt: null })
    expect((await call('GET', at(resource, row['id']))).body).toEqual(back.body)
  })

  test('what lives is restored to no effect', async () => {
    const row = await createOne(call, resource)
    expect((await restore(row['id'])).body).toEqual(row)
  })

  test('its external id is unique among live rows', async () => {
    const externalId = `own ${++number}`
    const first = await createOne(call, resource, { externalId })
    const second = await membersFor(call, resource, { externalId })
    expect((await create(call, resource, second)).body.code).toBe('external_id_taken')
    await remove(first['id'])
    expect((await create(call, resource, second)).status).toBe(201)
    expect((await restore(first['id'])).body.code).toBe('external_id_taken')
  })

  test('PUT by external id creates, repeats, changes and revives the same row', async () => {
    const externalId = `put/${++number} ü`
    const members = await membersFor(call, resource)
    const created = await put(externalId, members)
    expect(created.status, JSON.stringify(created.body)).toBe(201)
    expect(created.body.externalId).toBe(externalId)
    expect(created.headers['location']).toBe(at(resource, created.body.id))
    const repeated = await put(externalId, members)
    expect([repeated.status, repeated.body]).toEqual([200, created.body])
    await remove(created.body.id)
    const revived = await put(externalId, members)
    expect([revived.status, revived.body.id, revived.body.deletedAt]).toEqual([200, created.body.id, null])
  })

  test('its tombstone reaches who syncs', async () => {
    const row = await createOne(call, resource)
    later()
    const since = clock.now.toISOString()
    await remove(row['id'])
    const sync = `/v1/${resource.path}?updatedSince=${since}`
    expect((await call('GET', sync)).body.items).toEqual([])
    const { items, nextCursor, syncedThrough } = (await call('GET', `${sync}&includeDeleted=true`)).body
    expect(items).toMatchObject([{ id: row['id'], deletedAt: since }])
    expect([nextCursor, syncedThrough]).toEqual([null, new Date(clock.now.getTime() - 30_000).toISOString()])
  })
})
