import { expect, test } from 'vitest'
import { createWorld } from '../support/app.ts'
import { createCensus } from '../support/census.ts'
import { goalsOf } from '../support/goals.ts'

const world = await createWorld()
const { call } = world
const { make, read, cycle } = goalsOf(call)
const quarter = await cycle({ name: 'Q1', kind: 'quarter', endsOn: '2026-03-31' })
const teams = await Promise.all(['Red', 'Green', 'Blue'].map((name) => make('teams', { name, kind: 'standing' })))

const own = {
  name: 'Onboarding',
  area: 'HR',
  objective: { title: 'Newcomers feel at home' },
  keyResults: [
    { title: 'Rating', kind: 'metric', baseline: 3, target: 5, unit: 'points', weight: 2 },
    { title: 'Buddy programme', kind: 'milestone', steps: [{ title: 'Designed', weight: 3 }, { title: 'Running' }] },
    { title: 'Nobody leaves', kind: 'threshold', max: 0, role: 'guardrail' },
  ],
}

const apply = (id: string, members: object, caller = call) =>
  caller('POST', `/v1/okr-templates/${id}/apply`, { cycleId: quarter.id, ...members })

test('a template applied to three teams at once', async () => {
  const template = await make('okr-templates', own)
  const answer = await apply(template.id, { owners: teams.map(({ id }) => ({ type: 'team', id })) })
  expect(answer.status, JSON.stringify(answer.body)).toBe(201)
  const { items } = answer.body
  expect(items.map((item: any) => item.objective.ownerId)).toEqual(teams.map(({ id }) => id))
  for (const { objective, keyResults } of items) {
    expect(objective).toMatchObject({
      title: 'Newcomers feel at home',
      state: 'active',
      cycleId: quarter.id,
      progress: 0,
    })
    expect(keyResults.map(({ title, weight }: any) => [title, weight])).toEqual([
      ['Rating', 2],
      ['Buddy programme', 1],
      ['Nobody leaves', 1],
    ])
    expect(keyResults[1].steps).toMatchObject([
      { title: 'Designed', weight: 3, done: false },
      { title: 'Running', weight: 1 },
    ])
    expect(await read(`objectives/${objective.id}`)).toEqual(objective)
    expect((await read(`key-results?objectiveId=${objective.id}`)).items).toEqual(keyResults)
  }
})

test('every built-in template can be applied as it is', async () => {
  const { items } = await read('okr-templates?builtIn=true&limit=100')
  expect(items.length).toBeGreaterThanOrEqual(19)
  for (const template of items) {
    expect(await read(`okr-templates/${template.id}`)).toEqual(template)
    const answer = await apply(template.id, { owners: [{ type: 'organization' }], state: 'draft' })
    expect(answer.status, `${template.name}: ${JSON.stringify(answer.body)}`).toBe(201)
    expect(answer.body.items[0].keyResults).toHaveLength(template.keyResults.length)
  }
})

test('built-in and own ones are one list, in any order, page by page', async () => {
  const mine = await make('okr-templates', { ...own, name: 'Zebra', area: 'zoo' })
  for (const sort of ['id', '-id', 'createdAt', '-updatedAt']) {
    const all = (await read(`okr-templates?limit=100&sort=${sort}`)).items.map(({ id }: any) => id)
    const found: string[] = []
    for (let cursor = ''; ; ) {
      const page = await read(`okr-templates?limit=4&sort=${sort}${cursor && `&cursor=${cursor}`}`)
      expect(page.items.length).toBeLessThanOrEqual(4)
      found.push(...page.items.map(({ id }: any) => id))
      if (!page.nextCursor) break
      cursor = page.nextCursor
    }
    expect(found).toEqual(all)
    expect(new Set(found).size).toBe(found.length)
  }
  expect((await read('okr-templates?builtIn=false&area=zoo')).items).toEqual([mine])
  expect((await read('okr-templates?area=zoo&builtIn=true')).items).toEqual([])
  expect((await read('okr-templates?q=safer')).items).toMatchObject([{ name: 'Safer plant', builtIn: true }])
  const { body } = await call.graphql(
    '{ okrTemplates(area: ["bank", "zoo"]) { nodes { name builtIn keyResults { role } } } }',
  )
  expect(body.errors).toBeUndefined()
  expect(body.data.okrTemplates.nodes).toMatchObject([
    { builtIn: true, keyResults: [{}, { role: 'guardrail' }] },
    { name: 'Zebra' },
  ])
})

test('a built-in one cannot be changed', async () => {
  const [first] = (await read('okr-templates?builtIn=true&limit=1')).items
  expect((await call('PATCH', `/v1/okr-templates/${first.id}`, { name: 'Mine' })).status).toBe(403)
  expect((await call('DELETE', `/v1/okr-templates/${first.id}`)).status).toBe(403)
})

test('what could not be created is no template', async () => {
  const refused = async (keyResult: object) => {
    const { status, body } = await call('POST', '/v1/okr-templates', {
      ...own,
      keyResults: [own.keyResults[0], keyResult],
    })
    return [status, body.errors[0].pointer]
  }
  expect(await refused({ title: 'Flat', kind: 'metric', baseline: 1, target: 1 })).toEqual([
    422,
    '/keyResults/1/target',
  ])
  expect(await refused({ title: 'Open', kind: 'metric' })).toEqual([422, '/keyResults/1/baseline'])
  expect(await refused({ title: 'Mixed', kind: 'baseline', min: 1 })).toEqual([422, '/keyResults/1/min'])
})

test('all owners or none, and only by who may', async () => {
  const template = await make('okr-templates', own)
  const census = await createCensus(world.organizationId)
  const before = await census()
  const [team] = teams
  const unknown = await apply(template.id, {
    owners: [
      { type: 'team', id: team.id },
      { type: 'team', id: quarter.id },
    ],
  })
  expect([unknown.status, unknown.body.errors[0].pointer]).toEqual([422, '/owners/1/id'])
  const nobody = await apply(template.id, { owners: [{ type: 'team' }] })
  expect([nobody.status, nobody.body.errors[0].pointer]).toEqual([422, '/owners/0/id'])
  const nowhere = await apply(template.id, { cycleId: team.id, owners: [{ type: 'organization' }] })
  expect([nowhere.status, nowhere.body.errors[0].pointer]).toEqual([422, '/cycleId'])
  expect(await census()).toEqual(before)
  const viewer = world.as(await world.key('viewer'))
  expect((await apply(template.id, { owners: [{ type: 'organization' }] }, viewer)).status).toBe(403)
  const tried = await call('POST', `/v1/okr-templates/${template.id}/apply?validateOnly=true`, {
    cycleId: quarter.id,
    owners: [{ type: 'team', id: team.id }],
  })
  expect([tried.status, tried.body.items.length]).toEqual([200, 1])
  expect((await census())['objectives']).toBe(before['objectives'])
})

test('a patch merges the objective and replaces the key results', async () => {
  const template = await make('okr-templates', { ...own, objective: { ...own.objective, description: 'Warm' } })
  const url = `/v1/okr-templates/${template.id}`
  const merged = await call('PATCH', url, { objective: { commitment: 'aspirational', description: null } })
  expect(merged.body.objective).toEqual({
    title: 'Newcomers feel at home',
    description: null,
    rationale: null,
    commitment: 'aspirational',
  })
  const replaced = await call('PATCH', url, { keyResults: [{ title: 'Only', kind: 'baseline' }] })
  expect(replaced.body.keyResults).toMatchObject([{ title: 'Only', kind: 'baseline', weight: 1, steps: null }])
})
