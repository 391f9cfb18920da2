import { expect, test } from 'vitest'
import { createWorld } from '../support/app.ts'

const { call, clock } = await createWorld({ at: '2026-06-01T10:00:00.000Z' })
const tick = (seconds = 1) => (clock.now = new Date(clock.now.getTime() + seconds * 1_000)).toISOString()
const post = async (path: string, body: object) => (await call('POST', `/v1/${path}`, body)).body

test('updatedSince finds edits and rescores; syncedThrough comes with the last page', async () => {
  const cycle = await post('cycles', { name: 'Y', kind: 'year', startsOn: '2026-01-01', endsOn: '2026-12-31' })
  const objectives = []
  for (const title of ['A', 'B', 'C']) objectives.push(await post('objectives', { title, cycleId: cycle.id }))
  const [a, b] = objectives as [{ id: string }, { id: string }]
  const keyResult = await post('key-results', { objectiveId: a.id, title: 'K', kind: 'metric', baseline: 0, target: 1 })
  const since = tick()
  const changed = async (query = '') => (await call('GET', `/v1/objectives?updatedSince=${since}${query}`)).body
  expect(await changed()).toEqual({
    items: [],
    nextCursor: null,
    syncedThrough: new Date(clock.now.getTime() - 30_000).toISOString(),
  })

  await call('POST', `/v1/key-results/${keyResult.id}/check-ins`, { value: 1 })
  await call('PATCH', `/v1/objectives/${b.id}`, { title: 'B2' })
  const first = await changed('&limit=1')
  expect([first.items.length, 'syncedThrough' in first]).toEqual([1, false])
  const second = await changed(`&limit=1&cursor=${encodeURIComponent(first.nextCursor)}`)
  expect([...first.items, ...second.items].map(({ id }: { id: string }) => id)).toEqual([a.id, b.id])
  expect(second.syncedThrough).toBe(new Date(clock.now.getTime() - 30_000).toISOString())
})

test('an objective takes its key results along, and both tombstones reach who syncs', async () => {
  const cycle = await post('cycles', { name: 'Z', kind: 'year', startsOn: '2026-01-01', endsOn: '2026-12-31' })
  const objective = await post('objectives', { title: 'O', cycleId: cycle.id })
  const keyResult = await post('key-results', { objectiveId: objective.id, title: 'K', kind: 'baseline' })
  const since = tick()
  expect((await call('DELETE', `/v1/objectives/${objective.id}`)).status).toBe(204)
  for (const [path, id] of [
    ['objectives', objective.id],
    ['key-results', keyResult.id],
  ]) {
    const { items } = (await call('GET', `/v1/${path}?updatedSince=${since}&includeDeleted=true`)).body
    expect(items).toMatchObject([{ id, deletedAt: since }])
  }
  tick()
  await call('POST', `/v1/objectives/${objective.id}/restore`)
  expect((await call('GET', `/v1/key-results/${keyResult.id}`)).body).toMatchObject({ deletedAt: null, version: 3 })
})

test('key results deleted before their objective stay deleted when it comes back', async () => {
  const cycle = await post('cycles', { name: 'W', kind: 'year', startsOn: '2026-01-01', endsOn: '2026-12-31' })
  const objective = await post('objectives', { title: 'O', cycleId: cycle.id })
  const keyResult = await post('key-results', { objectiveId: objective.id, title: 'K', kind: 'baseline' })
  await call('DELETE', `/v1/key-results/${keyResult.id}`)
  tick()
  await call('DELETE', `/v1/objectives/${objective.id}`)
  tick()
  await call('POST', `/v1/objectives/${objective.id}/restore`)
  expect((await call('GET', `/v1/key-results/${keyResult.id}`)).status).toBe(404)
})
