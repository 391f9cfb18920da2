import { expect, test } from 'vitest'
import { createWorld } from '../support/app.ts'
import { goalsOf } from '../support/goals.ts'

const { call, clock } = await createWorld({ at: '2026-06-01T10:00:00.000Z' })
const goals = goalsOf(call)
const { id: cycleId } = await goals.cycle()
const titles = ['On track', 'Slipping', 'Silent', 'Reached', 'Behind'] as const
const values = { 'On track': 60, Slipping: 25, Silent: null, Reached: 100, Behind: 5 }
for (const title of titles) {
  const { id } = await goals.objective(cycleId, title)
  const keyResult = await goals.keyResult(id, { title })
  const value = values[title]
  if (value !== null) await goals.checkIn(keyResult.id, { value })
}

const listed = async (path: string) =>
  (await goals.read(path)).items.map(({ title, health }: any) => [title, health.effective])

for (const path of ['objectives', 'key-results'] as const) {
  const owner = path === 'objectives' ? '&ownerType=organization' : ''

  test(`${path} are filtered by the health their answers show, on any day`, async () => {
    for (const day of ['2026-06-01', '2026-07-20', '2026-12-30', '2027-02-01']) {
      clock.now = new Date(`${day}T10:00:00.000Z`)
      const all = await listed(path)
      expect(all).toHaveLength(titles.length)
      for (const health of new Set<string>(all.map(([, effective]: string[]) => effective)))
        expect(await listed(`${path}?health=${health}`)).toEqual(
          all.filter(([, effective]: string[]) => effective === health),
        )
      expect(await listed(`${path}?health=closed`)).toEqual([])
    }
  })

  test(`${path} are sorted by urgency, page by page`, async () => {
    clock.now = new Date('2026-06-01T10:00:00.000Z')
    const inOrder = [
      ['Behind', 'off_track'],
      ['Slipping', 'at_risk'],
      ['Silent', 'no_data'],
      ['On track', 'on_track'],
      ['Reached', 'achieved'],
    ]
    expect(await listed(`${path}?sort=health${owner}`)).toEqual(inOrder)
    expect(await listed(`${path}?sort=-health${owner}`)).toEqual(inOrder.toReversed())
    const paged = []
    for (let cursor = ''; ; ) {
      const page = await goals.read(`${path}?sort=health&limit=2${owner}${cursor}`)
      paged.push(...page.items.map(({ title }: any) => title))
      if (page.nextCursor === null) break
      cursor = `&cursor=${page.nextCursor}`
    }
    expect(paged).toEqual(inOrder.map(([title]) => title))
  })
}

test('GraphQL filters and sorts the same, and people are not ranked by it', async () => {
  clock.now = new Date('2026-06-01T10:00:00.000Z')
  const { body } = await call.graphql(
    '{ objectives(health: [off_track, at_risk], sort: "-health", ownerType: [organization], first: 1) { nodes { title } pageInfo { endCursor hasNextPage } } }',
  )
  expect(body.errors).toBeUndefined()
  expect(body.data.objectives).toMatchObject({ nodes: [{ title: 'Slipping' }], pageInfo: { hasNextPage: true } })
  const next = await call.graphql(
    'query ($after: String) { objectives(health: [off_track, at_risk], sort: "-health", ownerType: [organization], first: 1, after: $after) { nodes { title } } }',
    { after: body.data.objectives.pageInfo.endCursor },
  )
  expect(next.body.data.objectives.nodes).toEqual([{ title: 'Behind' }])
  expect(await call('GET', '/v1/objectives?sort=health')).toMatchObject({
    status: 422,
    body: { code: 'people_are_not_ranked' },
  })
  expect((await call('GET', '/v1/objectives?health=fine')).status).toBe(422)
})
