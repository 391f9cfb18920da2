import { describe, expect, test } from 'vitest'
import { createWorld } from '../support/app.ts'
import { goalsOf } from '../support/goals.ts'
import { createIssuer, createPerson } from '../support/people.ts'

const issuer = await createIssuer()
const world = await createWorld({ jwt: issuer.settings, at: '2026-02-20T10:00:00.000Z' })
const { call } = world
const { make, read, cycle, objective, keyResult, align, checkIn } = goalsOf(call)
const year = await cycle()

const person = (userName: string) => createPerson(world, issuer, { userName, displayName: userName })
const measuredByWork = (objectiveId: string) =>
  make('key-results', { objectiveId, title: 'The work', kind: 'metric', source: 'initiatives' })
const work = (members: object) => make('initiatives', { title: 'Work', ...members })

describe('progress', () => {
  test.each([
    ['what was reported', { progress: 0.4 }, 0.4],
    [
      'done over all tasks',
      { progress: 0.4, tasks: [{ title: 'a', done: true }, { title: 'b', done: true }, { title: 'c' }] },
      0.666667,
    ],
    ['no task yet: what was reported', { progress: 0.4, tasks: [] }, 0.4],
    ['done is 1 whatever else was said', { state: 'done', progress: 0.4, tasks: [{ title: 'a' }] }, 1],
    ['nothing said', {}, null],
  ])('%s', async (_name, members, progress) => {
    expect(await work(members)).toMatchObject({ progress, scoringVersion: 1 })
  })
})

describe('a key result measured by its initiatives', () => {
  test('is their weighted mean, a weight left out is 1, cancelled work is left out', async () => {
    const home = await objective(year.id, 'Home')
    const { id } = await measuredByWork(home.id)
    expect(await read(`key-results/${id}`)).toMatchObject({ attainment: null, progress: 0, dataState: 'no_data' })
    await work({ keyResultIds: [id], progress: 1, weight: 1 })
    await work({ keyResultIds: [id], progress: 0.5 })
    const open = await work({ keyResultIds: [id], progress: 0, weight: 2 })
    expect(await read(`key-results/${id}`)).toMatchObject({ attainment: 0.375, progress: 0.375, dataState: 'ok' })
    await call('PATCH', `/v1/initiatives/${open.id}`, { state: 'cancelled' })
    expect((await read(`key-results/${id}`)).progress).toBe(0.75)
    await call('PATCH', `/v1/initiatives/${open.id}`, { state: 'in_progress', weight: null })
    expect((await read(`key-results/${id}`)).progress).toBe(0.5)
    await call('PATCH', `/v1/initiatives/${open.id}`, { keyResultIds: [] })
    expect((await read(`key-results/${id}`)).progress).toBe(0.75)
    await call('PATCH', `/v1/initiatives/${open.id}`, { keyResultIds: [id] })
    await call('DELETE', `/v1/initiatives/${open.id}`)
    expect((await read(`objectives/${home.id}`)).progress).toBe(0.75)
    await call('POST', `/v1/initiatives/${open.id}/restore`)
    expect((await read(`objectives/${home.id}`)).progress).toBe(0.5)
  })

  test('a task done moves the company objective', async () => {
    const company = await objective(year.id, 'Company')
    const team = await objective(year.id, 'Team')
    await align(team.id, { parentObjectiveId: company.id })
    const { id } = await measuredByWork(team.id)
    const { id: initiativeId, tasks } = await work({ keyResultIds: [id], tasks: [{ title: 'One' }, { title: 'Two' }] })
    expect((await read(`objectives/${company.id}`)).progress).toBe(0)
    const [one, two] = tasks
    const patched = await call('PATCH', `/v1/initiatives/${initiativeId}`, { tasks: [{ ...one, done: true }, two] })
    expect(patched.body).toMatchObject({
      progress: 0.5,
      tasks: [
        { id: one.id, done: true },
        { id: two.id, done: false },
      ],
    })
    expect(await read(`objectives/${company.id}`)).toMatchObject({ progress: 0.5, coverage: 1 })
    const again = await call('PATCH', `/v1/initiatives/${initiativeId}`, { tasks: patched.body.tasks })
    expect(again.body.version).toBe(patched.body.version)
  })

  test('an objective counts the initiatives that name it, with a weight only', async () => {
    const home = await objective(year.id, 'Weights')
    await checkIn((await keyResult(home.id, { target: 10 })).id, { value: 6 })
    const silent = await work({ objectiveId: home.id, progress: 1 })
    expect((await read(`objectives/${home.id}`)).progress).toBe(0.6)
    await work({ objectiveId: home.id, progress: 0, weight: 1 })
    expect(await read(`objectives/${home.id}`)).toMatchObject({ progress: 0.3, coverage: 1 })
    await call('PATCH', `/v1/initiatives/${silent.id}`, { weight: 2 })
    expect((await read(`objectives/${home.id}`)).progress).toBe(0.65)
    await call('PATCH', `/v1/initiatives/${silent.id}`, { objectiveId: null })
    expect((await read(`objectives/${home.id}`)).progress).toBe(0.3)
  })

  test('one initiative may drive key results of several objectives in one write', async () => {
    const homes = await Promise.all(['One', 'Two'].map((title) => objective(year.id, title)))
    const measures = await Promise.all(homes.map(({ id }) => measuredByWork(id)))
    const { id } = await work({ keyResultIds: measures.map((each) => each.id) })
    await call('POST', '/v1/initiatives/batch', { items: [{ id, progress: 0.8 }] })
    for (const home of homes) expect((await read(`objectives/${home.id}`)).progress).toBe(0.8)
  })
})

describe('in an objective', () => {
  /** A key result at 0.4, work at 0.8 and an aligned objective at 0 and 0.1, in one objective. */
  const mixed = async (progressSource: string, below: number) => {
    const home = await objective(year.id, 'Mixed', { progressSource })
    await checkIn((await keyResult(home.id)).id, { value: 40 })
    await work({ objectiveId: home.id, progress: 0.8, weight: 1 })
    const child = await objective(year.id, 'Child')
    await checkIn((await keyResult(child.id)).id, { value: below })
    await align(child.id, { parentObjectiveId: home.id })
    return (await read(`objectives/${home.id}`)).progress
  }

  test.each([
    ['only key results: initiatives stay, objectives leave', 'key_results', 0, 0.6],
    ['only aligned: all else leaves', 'aligned', 10, 0.1],
    ['both: all in one pool', 'both', 30, 0.5],
  ])('%s', async (_name, progressSource, below, progress) => {
    expect(await mixed(progressSource, below)).toBe(progress)
  })

  test('work is paced between its dates, a key result of the source initiatives between its own', async () => {
    const days = { startsOn: '2026-01-01', dueOn: '2026-04-11' }
    const paced = await objective(year.id, 'Paced', days)
    await work({ objectiveId: paced.id, progress: 0.4, weight: 1, startsOn: '2026-02-10', dueOn: '2026-03-02' })
    expect(await read(`objectives/${paced.id}`)).toMatchObject({ progress: 0.4, expectedProgress: 0.5 })
    const { id } = await measuredByWork((await objective(year.id, 'Linear', days)).id)
    expect((await read(`key-results/${id}`)).expectedProgress).toBe(0.5)
  })
})

describe('who may', () => {
  test('an owner carries out, and cannot make it count where others answer', async () => {
    const ann = await person('ann')
    const bob = await person('bob')
    const ofAnn = await objective(year.id, 'Ann', { ownerType: 'user', ownerId: ann.id })
    const ofBob = await objective(year.id, 'Bob', { ownerType: 'user', ownerId: bob.id })
    const measure = await measuredByWork(ofBob.id)
    const made = await ann.call('POST', '/v1/initiatives', { title: 'Mine', ownerId: ann.id, objectiveId: ofAnn.id })
    expect(made.status, JSON.stringify(made.body)).toBe(201)
    const url = `/v1/initiatives/${made.body.id}`
    expect((await ann.call('POST', '/v1/initiatives', { title: 'Not mine', objectiveId: ofBob.id })).status).toBe(403)
    expect((await ann.call('PATCH', url, { keyResultIds: [measure.id] })).status).toBe(403)
    expect((await bob.call('PATCH', url, { title: 'Taken' })).status).toBe(403)
    expect((await ann.call('PATCH', url, { progress: 0.5 })).body.progress).toBe(0.5)
    const { body } = await call('POST', '/v1/initiatives', {
      title: 'For Ann',
      ownerId: ann.id,
      keyResultIds: [measure.id],
    })
    expect((await ann.call('PATCH', `/v1/initiatives/${body.id}`, { state: 'done' })).status).toBe(200)
    expect((await ann.call('PATCH', `/v1/initiatives/${body.id}`, { weight: 9 })).status).toBe(403)
    expect((await read(`objectives/${ofBob.id}`)).progress).toBe(1)
  })

  test('who does not see one of its goals does not see it', async () => {
    const cat = await person('cat')
    const open = await objective(year.id, 'Open')
    const secret = await objective(year.id, 'Secret', { visibility: 'private' })
    const hidden = await keyResult(secret.id)
    const { id } = await work({ objectiveId: open.id, keyResultIds: [hidden.id] })
    expect((await cat.call('GET', `/v1/initiatives/${id}`)).status).toBe(404)
    expect((await cat.call('GET', `/v1/initiatives?objectiveId=${open.id}`)).body.items).toEqual([])
    await call('PATCH', `/v1/initiatives/${id}`, { keyResultIds: [] })
    expect((await cat.call('GET', `/v1/initiatives/${id}`)).status).toBe(200)
  })
})

test('refuses what cannot be', async () => {
  const refused = async (members: object) => {
    const { status, body } = await call('POST', '/v1/initiatives', { title: 'Work', ...members })
    return [status, body.errors[0]?.pointer]
  }
  expect(await refused({ keyResultIds: ['01a20045-ccbc-716b-b95c-c5484644eaa7'] })).toEqual([422, '/keyResultIds/0'])
  expect(await refused({ objectiveId: '01a20045-ccbc-716b-b95c-c5484644eaa7' })).toEqual([422, '/objectiveId'])
  expect(await refused({ startsOn: '2026-02-01', dueOn: '2026-01-01' })).toEqual([422, '/dueOn'])
  expect(await refused({ weight: -1 })).toEqual([422, '/weight'])
  expect(await refused({ links: ['javascript:alert(1)'] })).toEqual([422, '/links/0'])
  const known = '01a20045-ccbc-716b-b95c-c5484644eaa7'
  expect(await refused({ tasks: [{ title: 'One', id: known }] })).toEqual([422, '/tasks/0/id'])
})

test('goals it serves cannot be deleted from under it', async () => {
  const home = await objective(year.id, 'Held')
  const measure = await keyResult(home.id)
  const { id } = await work({ keyResultIds: [measure.id] })
  for (const path of [`key-results/${measure.id}`, `objectives/${home.id}`])
    expect((await call('DELETE', `/v1/${path}`)).body.code).toBe('has_dependents')
  await call('DELETE', `/v1/initiatives/${id}`)
  expect((await call('DELETE', `/v1/objectives/${home.id}`)).status).toBe(204)
})

test('filters and edges', async () => {
  const home = await objective(year.id, 'Listed')
  const measure = await keyResult(home.id)
  const { id } = await work({ objectiveId: home.id, keyResultIds: [measure.id], state: 'blocked' })
  const by = async (filter: string) =>
    (await read(`initiatives?${filter}`)).items.map((each: { id: string }) => each.id)
  expect(await by(`keyResultIds=${measure.id}`)).toEqual([id])
  expect(await by(`objectiveId=${home.id}&state=blocked`)).toEqual([id])
  const { body } = await call.graphql(
    'query ($id: ID!) { objective(id: $id) { initiatives { nodes { id keyResultIds objective { id } } } } }',
    { id: home.id },
  )
  expect(body.data.objective.initiatives.nodes).toEqual([
    { id, keyResultIds: [measure.id], objective: { id: home.id } },
  ])
})
