import { expect, test } from 'vitest'
import { createWorld } from '../support/app.ts'
import { createCensus } from '../support/census.ts'
import { goalsOf } from '../support/goals.ts'

const { call, organizationId, as, key } = await createWorld({ at: '2026-06-01T10:00:00.000Z' })
const goals = goalsOf(call)
const census = await createCensus(organizationId)
const { id: cycleId } = await goals.cycle()

test('a softened key result shows the revision, its reason, and a progressAsStarted below its progress', async () => {
  const parent = await goals.objective(cycleId, 'Parent')
  const { id: objectiveId } = await goals.objective(cycleId, 'Softened')
  await goals.align(objectiveId, { parentObjectiveId: parent.id })
  const { id } = await goals.keyResult(objectiveId)
  const other = await goals.keyResult(objectiveId)
  await goals.checkIn(id, { value: 40 })
  await goals.checkIn(other.id, { value: 20 })
  const patched = await call('PATCH', `/v1/key-results/${id}`, { target: 50, reason: 'The market moved' })
  expect(patched).toMatchObject({ status: 200, body: { progress: 0.8 } })
  const cancelled = await call('PATCH', `/v1/key-results/${other.id}`, { state: 'cancelled', reason: 'No longer ours' })
  expect(cancelled.status).toBe(200)

  const { items } = await goals.read(`key-results/${id}/revisions`)
  expect(items).toHaveLength(1)
  expect(items[0]).toMatchObject({
    keyResultId: id,
    reason: 'The market moved',
    recordedAt: expect.stringMatching(/^2026-06-01T10:00:00/),
    changes: { target: { before: 100, after: 50 } },
  })
  expect(await goals.read(`key-results/${id}/explanation`)).toMatchObject({ progress: 0.8, progressAsStarted: 0.4 })
  expect(await goals.read(`key-results/${other.id}/explanation`)).toMatchObject({ progressAsStarted: 0 })
  // Of the two it had, one is at 0.4 by its first definition, the cancelled one counts as 0.
  expect(await goals.read(`objectives/${objectiveId}/explanation`)).toMatchObject({
    progress: 0.8,
    progressAsStarted: 0.2,
  })
  expect(await goals.read(`objectives/${parent.id}/explanation`)).toMatchObject({
    progress: 0.8,
    progressAsStarted: 0.2,
  })
  expect(await goals.act(`objectives/${objectiveId}/close`, {})).toMatchObject({ grade: 0.8, progressAsStarted: 0.2 })
})

test('weights and steps are held against what they were at first', async () => {
  const { id: objectiveId } = await goals.objective(cycleId, 'Weighed')
  const good = await goals.keyResult(objectiveId)
  const steps = await goals.make('key-results', {
    objectiveId,
    title: 'Steps',
    kind: 'milestone',
    steps: [{ title: 'Easy' }, { title: 'Hard', weight: 3 }],
  })
  await goals.checkIn(good.id, { value: 100 })
  const [easy, hard] = steps.steps
  await goals.checkIn(steps.id, { step: { id: easy.id, done: true } })
  for (const [id, change] of [
    [good.id, { weight: 3 }],
    [steps.id, { steps: [{ id: easy.id, title: 'Easy' }] }],
  ] as const)
    expect((await call('PATCH', `/v1/key-results/${id}`, { ...change, reason: 'easier' })).status).toBe(200)
  expect(await goals.read(`objectives/${objectiveId}/explanation`)).toMatchObject({
    progress: 1,
    // (1 · 1 + 1 · 0.25) ÷ 2
    progressAsStarted: 0.625,
  })
  const graphql = await call.graphql('query ($id: ID!) { keyResult(id: $id) { revisions { nodes { reason } } } }', {
    id: steps.id,
  })
  expect(graphql.body.data.keyResult.revisions.nodes).toEqual([{ reason: 'easier' }])
  expect(hard.weight).toBe(3)
})

test('without a reason nothing moves and nothing is stored; before the first reading none is needed', async () => {
  const { id: objectiveId } = await goals.objective(cycleId, 'Guarded')
  const { id } = await goals.keyResult(objectiveId)
  expect((await call('PATCH', `/v1/key-results/${id}`, { target: 80 })).status).toBe(200)
  await goals.checkIn(id, { value: 40 })
  const before = await census()
  for (const change of [{ baseline: 1 }, { target: 50 }, { weight: 2 }, { state: 'cancelled' }]) {
    const refused = await call('PATCH', `/v1/key-results/${id}`, change)
    expect(refused).toMatchObject({ status: 422, body: { code: 'reason_required' } })
  }
  expect(await census()).toEqual(before)
  expect((await call('PATCH', `/v1/key-results/${id}`, { title: 'Renamed', state: 'deferred' })).status).toBe(200)
  expect((await goals.read(`key-results/${id}/revisions`)).items).toEqual([])
})

test('revisions are paged, and hidden with their key result', async () => {
  const { id: objectiveId } = await goals.objective(cycleId, 'Hidden', { visibility: 'private' })
  const { id } = await goals.keyResult(objectiveId)
  await goals.checkIn(id, { value: 40 })
  for (const target of [90, 80, 70]) await call('PATCH', `/v1/key-results/${id}`, { target, reason: 'lower' })
  const first = await goals.read(`key-results/${id}/revisions?limit=2`)
  const second = await goals.read(`key-results/${id}/revisions?limit=2&cursor=${first.nextCursor}`)
  expect([...first.items, ...second.items].map(({ changes }: any) => changes.target.after)).toEqual([90, 80, 70])
  expect((await as(await key('viewer'))('GET', `/v1/key-results/${id}/revisions`)).status).toBe(404)
})
