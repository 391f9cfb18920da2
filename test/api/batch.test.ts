import { expect, test } from 'vitest'
import { createWorld } from '../support/app.ts'
import { createCensus } from '../support/census.ts'

const { call, organizationId } = await createWorld()
const census = await createCensus(organizationId)
const batch = (items: unknown[], atomic?: boolean) =>
  call('POST', '/v1/teams/batch', { items, ...(atomic === undefined ? {} : { atomic }) })
const unknown = '01990000-0000-7000-8000-000000000000'

test('creates, upserts and patches in one set', async () => {
  const { body: known } = await call('POST', '/v1/teams', { name: 'Known' })
  const { body: mine } = await call('POST', '/v1/teams', { name: 'Mine', externalId: 'mine' })
  const { status, body } = await batch([
    { name: 'New' },
    { externalId: 'mine', name: 'Mine 2' },
    { externalId: 'other', name: 'Other' },
    { id: known.id, version: 1, name: 'Known 2' },
  ])
  expect(status).toBe(200)
  expect(body.items.map((item: { status: number }) => item.status)).toEqual([201, 200, 201, 200])
  const { id } = mine
  expect(body.items[1]).toEqual({
    index: 1,
    status: 200,
    id,
    version: 2,
    outcome: 'updated',
    changed: ['name'],
    problem: null,
  })
  expect((await call('GET', `/v1/teams/${known.id}`)).body).toMatchObject({ name: 'Known 2', version: 2 })
})

test('atomic: one bad item refuses all, and its pointer says which', async () => {
  const before = await census()
  const cases: [unknown, string, string][] = [
    [{ name: '' }, 'invalid_input', '/items/1/name'],
    [{ name: 'x', colour: 'red' }, 'invalid_input', '/items/1/colour'],
    [{ name: 'x', leadId: unknown }, 'reference_not_found', '/items/1/leadId'],
    [{ id: unknown, name: 'x' }, 'not_found', '/items/1'],
    [{ kind: 'standing' }, 'invalid_input', '/items/1/name'],
    [{ name: 'x', startsOn: '2026-02-02', endsOn: '2026-02-01' }, 'invalid_input', '/items/1/endsOn'],
    [null, 'invalid_input', '/items/1'],
    ['text', 'invalid_input', '/items/1'],
  ]
  for (const [item, code, pointer] of cases) {
    const { status, body } = await batch([{ name: 'good' }, item])
    expect([body.code, body.errors[0]?.pointer], JSON.stringify(item)).toEqual([code, pointer])
    expect(status).toBeGreaterThanOrEqual(400)
  }
  expect(await census()).toEqual(before)
})

test('not atomic: each item succeeds or fails alone', async () => {
  const { body: known } = await call('POST', '/v1/teams', { name: 'Versioned' })
  const { status, body } = await batch(
    [
      { name: 'Good 1' },
      { name: '' },
      { name: 'x', leadId: unknown },
      { id: known.id, version: 9, name: 'Stale' },
      { id: unknown, name: 'Nobody' },
      { name: 'Good 2' },
    ],
    false,
  )
  expect(status).toBe(200)
  type Item = { status: number; id: string | null; problem: { code: string; errors: { pointer: string }[] } | null }
  const items: Item[] = body.items
  expect(items.map((item) => item.status)).toEqual([201, 422, 422, 412, 404, 201])
  expect(items.map(({ problem }) => problem?.code ?? null)).toEqual([
    null,
    'invalid_input',
    'reference_not_found',
    'precondition_failed',
    'not_found',
    null,
  ])
  expect(items[1]?.problem?.errors[0]?.pointer).toBe('/items/1/name')
  expect(items.filter(({ id }) => id !== null).length).toBe(2)
  expect((await call('GET', `/v1/teams/${known.id}`)).body.version).toBe(1)
  expect((await call('GET', '/v1/teams?q=Good')).body.items.length).toBe(2)
})

test('a refused item leaves neither rows nor events behind', async () => {
  const before = await census()
  await batch([{ name: 'x', leadId: unknown }], false)
  const { audit_log: _log, ...after } = await census()
  expect(before).toMatchObject(after)
})

test('two items about the same row are refused, whichever way they name it', async () => {
  const { body: team } = await call('POST', '/v1/teams', { name: 'Same', externalId: 'same' })
  const first = { id: team.id, name: 'Renamed' }
  for (const second of [
    { id: team.id, kind: 'temporary' },
    { externalId: 'same', kind: 'temporary' },
  ]) {
    expect((await batch([first, second])).body.code).toBe('conflict')
    const { items } = (await batch([{ id: team.id }, second], false)).body
    expect(items.map(({ status }: { status: number }) => status)).toEqual([200, 200])
    expect((await call('GET', `/v1/teams/${team.id}`)).body).toMatchObject({ name: 'Same', kind: 'temporary' })
  }
})

test('1,000 items are one write, 1,001 are refused', async () => {
  const items = Array.from({ length: 1_000 }, (_, at) => ({ name: `Bulk ${at}`, externalId: `bulk ${at}` }))
  const { status, body } = await batch(items)
  expect([status, body.items.length]).toEqual([200, 1_000])
  expect(new Set(body.items.map(({ id }: { id: string }) => id)).size).toBe(1_000)
  const again = await batch(items)
  expect(
    again.body.items.every((item: { status: number; version: number }) => item.status === 200 && item.version === 1),
  ).toBe(true)
  expect((await batch([...items, { name: 'One too many' }])).status).toBe(422)
  expect((await batch([])).status).toBe(422)
})

test('check-ins in a batch cascade once', async () => {
  const post = async (path: string, body: object) => (await call('POST', `/v1/${path}`, body)).body
  const cycle = await post('cycles', { name: 'Y', kind: 'year', startsOn: '2026-01-01', endsOn: '2026-12-31' })
  const objective = await post('objectives', { title: 'O', cycleId: cycle.id })
  const metric = { objectiveId: objective.id, title: 'K', kind: 'metric', baseline: 0, target: 10 }
  const keyResults = [await post('key-results', metric), await post('key-results', metric)]
  const items = keyResults.map(({ id }, at) => ({ keyResultId: id, value: 2 + at * 2, externalId: `reading ${at}` }))
  const { status, body } = await call('POST', '/v1/check-ins/batch', { items })
  expect(status, JSON.stringify(body)).toBe(200)
  expect((await call('GET', `/v1/objectives/${objective.id}`)).body.progress).toBe(0.3)
  const corrected = await call('POST', '/v1/check-ins/batch', { items: [{ ...items[0], value: 4 }] })
  expect(corrected.body.items[0]).toMatchObject({ status: 200 })
  expect((await call('GET', `/v1/objectives/${objective.id}`)).body.progress).toBe(0.4)
  const twice = [
    { keyResultId: keyResults[0].id, value: 1, externalId: 'same' },
    { keyResultId: keyResults[0].id, value: 2, externalId: 'same' },
  ]
  expect((await call('POST', '/v1/check-ins/batch', { items: twice })).body.code).toBe('external_id_taken')
})
