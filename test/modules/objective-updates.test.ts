import { expect, test } from 'vitest'
import { createWorld } from '../support/app.ts'
import { goalsOf } from '../support/goals.ts'

const world = await createWorld({ at: '2026-02-02T10:00:00.000Z' })
const { call, clock } = world
const { make, read, cycle, objective, keyResult, align, checkIn } = goalsOf(call)
const year = await cycle()

test('made and listed below the objective, and at its own path', async () => {
  const { id: objectiveId } = await objective(year.id, 'Told')
  const other = await objective(year.id, 'Other')
  const made = await call('POST', `/v1/objectives/${objectiveId}/updates`, { text: 'Going well' })
  expect(made).toMatchObject({
    status: 201,
    body: { objectiveId, text: 'Going well', reportedHealth: null, effectiveAt: '2026-02-02T10:00:00.000Z' },
  })
  const { id } = made.body
  expect(made.headers['location']).toBe(`/v1/objective-updates/${id}`)
  await make(`objectives/${other.id}/updates`, { text: 'Elsewhere' })
  expect((await read(`objectives/${objectiveId}/updates`)).items).toEqual([made.body])
  expect((await read(`objective-updates?objectiveId=${objectiveId}`)).items).toEqual([made.body])
  expect(await read(`objective-updates/${id}`)).toEqual(made.body)
  const patched = await call('PATCH', `/v1/objective-updates/${id}`, { text: 'Going very well' })
  expect(patched.body).toMatchObject({ text: 'Going very well', version: 2 })
  expect((await call('DELETE', `/v1/objective-updates/${id}`)).status).toBe(204)
  expect((await read(`objectives/${objectiveId}/updates`)).items).toEqual([])
  const unknown = '01a20045-ccbc-716b-b95c-c5484644eaa7'
  expect((await call('GET', `/v1/objectives/${unknown}/updates`)).status).toBe(404)
  expect((await call('POST', `/v1/objectives/${unknown}/updates`, { text: 'Nobody' })).status).toBe(404)
  expect((await call('POST', '/v1/objective-updates', { objectiveId, text: 'Flat' })).status).toBe(404)
})

test('pages of the nested list follow one another', async () => {
  const { id } = await objective(year.id, 'Paged')
  for (const text of ['one', 'two', 'three']) await make(`objectives/${id}/updates`, { text })
  const first = await read(`objectives/${id}/updates?limit=2`)
  expect(first.items.map(({ text }: { text: string }) => text)).toEqual(['one', 'two'])
  const second = await read(`objectives/${id}/updates?limit=2&cursor=${first.nextCursor}`)
  expect(second.items.map(({ text }: { text: string }) => text)).toEqual(['three'])
})

test('the newest one speaks for the health, for one cadence, and for nobody above', async () => {
  const above = await objective(year.id, 'Above')
  const { id } = await objective(year.id, 'Reported')
  await align(id, { parentObjectiveId: above.id })
  await checkIn((await keyResult(id, { target: 100, cadence: 'week' })).id, { value: 50 })
  const health = async (of = id) => (await read(`objectives/${of}`)).health
  expect((await health()).effective).toBe('on_track')
  await make(`objectives/${id}/updates`, { text: 'Trouble', reportedHealth: 'off_track' })
  expect(await health()).toMatchObject({
    effective: 'off_track',
    derived: 'on_track',
    reported: 'off_track',
    reasons: ['reported'],
  })
  expect((await health(above.id)).effective).toBe('on_track')
  const older = { text: 'Earlier', reportedHealth: 'at_risk', effectiveAt: '2026-02-01T10:00:00.000Z' }
  await make(`objectives/${id}/updates`, older)
  expect((await health()).reported).toBe('off_track')
  const newest = await make(`objectives/${id}/updates`, { text: 'No word on health' })
  expect((await health()).reported).toBeNull()
  await call('DELETE', `/v1/objective-updates/${newest.id}`)
  expect((await health()).reported).toBe('off_track')
  clock.now = new Date('2026-02-09T10:00:00.000Z')
  expect(await health()).toMatchObject({ effective: 'on_track', reported: null })
  clock.now = new Date('2026-02-02T10:00:00.000Z')
})

test('a machine reports nothing unless it speaks for a person, and nobody tells the future', async () => {
  const { id } = await objective(year.id, 'Synced')
  await checkIn((await keyResult(id)).id, { value: 50 })
  const machine = world.as(await world.key('integration'))
  const { id: authorId } = await make('users', { userName: 'eve', displayName: 'Eve' })
  const say = (members: object) =>
    machine('POST', `/v1/objectives/${id}/updates`, { text: 'Synced', reportedHealth: 'at_risk', ...members })
  expect((await say({})).status).toBe(201)
  expect((await read(`objectives/${id}`)).health.reported).toBeNull()
  expect((await say({ authorId })).body.authorId).toBe(authorId)
  expect((await read(`objectives/${id}`)).health.reported).toBe('at_risk')
  const late = await say({ effectiveAt: '2026-02-04T10:00:00.000Z' })
  expect([late.status, late.body.errors[0].pointer]).toEqual([422, '/effectiveAt'])
  const viewer = world.as(await world.key('viewer'))
  expect((await viewer('POST', `/v1/objectives/${id}/updates`, { text: 'Seen' })).status).toBe(403)
})
