import { expect, test } from 'vitest'
import { createWorld } from '../support/app.ts'

const { call } = await createWorld()
const post = async (path: string, body: object) => (await call('POST', `/v1/${path}`, body)).body

await call('PATCH', '/v1/organization', {
  customFields: [
    { name: 'colour', type: 'text' },
    { name: 'size', type: 'number' },
    { name: 'due', type: 'date' },
    { name: 'big', type: 'boolean' },
  ],
})
const cycle = await post('cycles', { name: 'Y', kind: 'year', startsOn: '2026-01-01', endsOn: '2026-12-31' })

test('members of custom merge, null removes them, lists are replaced', async () => {
  const custom = { colour: 'red', size: 3 }
  const objective = await post('objectives', { title: 'O', cycleId: cycle.id, custom, tags: ['a', 'b'] })
  const patch = async (body: object) => (await call('PATCH', `/v1/objectives/${objective.id}`, body)).body
  expect((await patch({ custom: { big: true } })).custom).toEqual({ ...custom, big: true })
  expect((await patch({ custom: { colour: null, due: '2026-02-28' } })).custom).toEqual({
    size: 3,
    big: true,
    due: '2026-02-28',
  })
  expect((await patch({ tags: ['c'] })).tags).toEqual(['c'])
  expect((await patch({ custom: {} })).custom).toEqual({ size: 3, big: true, due: '2026-02-28' })
})

test.each([
  [{ weight: 1 }, '/custom/weight'],
  [{ size: 'three' }, '/custom/size'],
  [{ due: '2026-02-30' }, '/custom/due'],
  [{ big: 1 }, '/custom/big'],
])('custom %j is refused', async (custom, pointer) => {
  const { status, body } = await call('POST', '/v1/objectives', { title: 'O', cycleId: cycle.id, custom })
  expect([status, body.errors[0].pointer]).toEqual([422, pointer])
})

test('a member of the policy set to null falls back', async () => {
  const open = { missing: null, bands: null, objectiveHealth: null, aspirationalPace: null }
  const patch = (policy: object) => call('PATCH', `/v1/cycles/${cycle.id}`, { policy })
  const decided = { missing: 'exclude', aspirationalPace: 0.8 }
  expect((await patch(decided)).body.policy).toEqual({ ...open, progressSource: null, ...decided })
  const { status, body } = await patch({ missing: null })
  expect([status, body.policy]).toEqual([200, { ...open, progressSource: null, aspirationalPace: 0.8 }])
  const organization = await call('PATCH', '/v1/organization', { policy: { objectiveHealth: 'worst' } })
  expect(organization.body.policy).toEqual({ ...open, objectiveHealth: 'worst' })
  expect((await call('PATCH', '/v1/organization', { policy: { objectiveHealth: null } })).body.policy).toEqual(open)
})

test('a changed policy moves the scores of the cycle', async () => {
  const objective = await post('objectives', { title: 'O', cycleId: cycle.id })
  await post('key-results', { objectiveId: objective.id, title: 'K', kind: 'metric', baseline: 0, target: 1 })
  const progress = async () => (await call('GET', `/v1/objectives/${objective.id}`)).body.progress
  expect(await progress()).toBe(0)
  await call('PATCH', `/v1/cycles/${cycle.id}`, { policy: { missing: 'exclude' } })
  expect(await progress()).toBe(null)
  await call('PATCH', `/v1/cycles/${cycle.id}`, { policy: { missing: null } })
  expect(await progress()).toBe(0)
  await call('PATCH', '/v1/organization', { policy: { missing: 'exclude' } })
  expect(await progress()).toBe(null)
})

test('null and left out differ', async () => {
  const team = await post('teams', { name: 'T', startsOn: '2026-01-01', endsOn: '2026-02-01' })
  const patch = async (body: object) => (await call('PATCH', `/v1/teams/${team.id}`, body)).body
  expect(await patch({ endsOn: null })).toMatchObject({ startsOn: '2026-01-01', endsOn: null })
  expect((await patch({ name: null })).code).toBe('invalid_input')
})
