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

type Asks = (
  query: string,
) => Promise<{ items: { id: string; name?: string }[]; nextCursor: string; syncedThrough?: string }>

/** All pages of a copy, of one row each; `meanwhile` runs behind each page but the last. */
const copied = async (asks: Asks, meanwhile: (page: number) => Promise<unknown>) => {
  const names = new Map<string, string | undefined>()
  for (let page = 1, cursor = ''; ; page++) {
    const { items, nextCursor, syncedThrough } = await asks(`&limit=1${cursor}`)
    for (const { id, name } of items) names.set(id, name)
    if (nextCursor === null) return { names, through: syncedThrough }
    expect(syncedThrough).toBeUndefined()
    await meanwhile(page)
    cursor = `&cursor=${encodeURIComponent(nextCursor)}`
  }
}

test.each(['', '&sort=name', '&sort=-updatedAt'])(
  'a copy of many pages loses nothing written before the page that was read%s',
  async (sort) => {
    const since = tick()
    const teams: { id: string }[] = []
    for (const name of ['A', 'B', 'C', 'D']) teams.push(await post('teams', { name: `${name} ${sort}` }))
    const begun = clock.now
    const asks =
      (from: string): Asks =>
      async (query) =>
        (await call('GET', `/v1/teams?updatedSince=${from}${sort}${query}`)).body
    const { names, through } = await copied(asks(since), async (page) => {
      // Long pages: more than what every copy looks back.
      tick(60)
      if (page === 2) await call('PATCH', `/v1/teams/${teams[sort === '&sort=-updatedAt' ? 3 : 0]?.id}`, { name: '0' })
    })
    const next = await copied(asks(through as string), async () => tick(60))
    for (const [id, name] of next.names) names.set(id, name)
    const whole = (await call('GET', '/v1/teams?limit=100')).body.items as { id: string; name: string }[]
    const own = whole.filter(({ id }) => teams.some((team) => team.id === id))
    expect(names).toEqual(new Map(own.map(({ id, name }) => [id, name])))
    expect(through).toBe(new Date(begun.getTime() - 30_000).toISOString())
  },
)

test.each(['', '&builtIn=true'])('a library in pages is whole as far as its first page%s', async (which) => {
  const begun = clock.now
  const query = `/v1/kpi-templates?updatedSince=2000-01-01T00:00:00Z${which}`
  // A page of its own for each would take long.
  const asks: Asks = async (page) => (await call('GET', query + page.replace('limit=1', 'limit=20'))).body
  const { names, through } = await copied(asks, async () => tick(60))
  expect([names.size > 20, through]).toEqual([true, new Date(begun.getTime() - 30_000).toISOString()])
})
