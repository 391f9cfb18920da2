import { expect, test } from 'vitest'
import { sequence } from '../../src/journal/sequence.ts'
import { createWorld } from '../support/app.ts'
import { adminPool } from '../support/census.ts'
import { page, readAll, untilSequenced } from '../support/feed.ts'
import { goalsOf } from '../support/goals.ts'
import { createIssuer, createPerson } from '../support/people.ts'

const issuer = await createIssuer()
const world = await createWorld({ sequenced: true, jwt: issuer.settings, at: '2026-06-01T10:00:00.000Z' })
const { call } = world
const { cycle, objective, keyResult, checkIn, align, make } = goalsOf(call)
const [ann, ben] = await Promise.all([createPerson(world, issuer), createPerson(world, issuer)])
const { id: cycleId } = await cycle()

/** The end of the feed, with everything in it that was written. */
const latest = async (): Promise<string> => {
  await sequence(world.pool, world.organizationId)
  return (await page(call, '?after=latest')).nextCursor
}

test('every event has its place, without a gap, with the numbers before and after and what it follows from', async () => {
  const top = await objective(cycleId, 'Top')
  const below = await objective(cycleId, 'Below')
  await align(below.id, { parentObjectiveId: top.id })
  const { id } = await keyResult(below.id)
  const nextCursor = await latest()
  const said = await checkIn(id, { value: 50 })
  await latest()

  const cause = { type: 'check_in', id: said.id }
  const { items } = await page(call, `?after=${nextCursor}`)
  expect(
    items.map(({ type, subject, changes, cause: of }) => ({ type, id: subject.id, progress: changes['progress'], of })),
  ).toEqual([
    ...[
      { type: 'key_result.progress_changed', id },
      { type: 'objective.progress_changed', id: below.id },
      { type: 'objective.progress_changed', id: top.id },
    ].map((each) => ({ ...each, progress: [0, 0.5], of: cause })),
    { type: 'check_in.created', id: said.id, progress: undefined, of: null },
  ])
  const again = await checkIn(id, { value: 50 })
  const place = await latest()
  const { items: told } = await page(call, `?after=${items.at(-1)?.seq}`)
  expect(told.map(({ type, subject }) => [type, subject.id])).toEqual([['check_in.created', again.id]])
  const all = await readAll(call)
  expect(all.length).toBe(Number(place))
  expect(all.map(({ seq }) => seq)).toEqual(all.map((_event, at) => at + 1))
  expect(all[0]?.type).toBe('organization.created')
})

test('by type and by subject, on both surfaces', async () => {
  const { id } = await make('teams', { name: 'Quality' })
  await call('PATCH', `/v1/teams/${id}`, { name: 'Better' })
  await untilSequenced(call, id, 'team.updated')
  const types = ({ items }: Awaited<ReturnType<typeof page>>) => items.map(({ type }) => type)
  expect(types(await page(call, `?subject=${id}`))).toEqual(['team.created', 'team.updated'])
  expect(types(await page(call, `?subject=${id}&types=team.deleted,team.updated`))).toEqual(['team.updated'])
  const { body } = await call.graphql(
    'query ($id: ID!) { events(subject: [$id], types: ["team.created"]) { items { seq type subject { id } changes cause { id } } nextCursor } }',
    { id },
  )
  expect(body.data.events.items).toEqual([
    { seq: expect.any(Number), type: 'team.created', subject: { id }, changes: {}, cause: null },
  ])
  expect(body.data.events.nextCursor).toBe((await page(call, '?after=latest')).nextCursor)
})

test('a long poll is answered by the next event, and by nothing when its time is up', async () => {
  const nextCursor = await latest()
  const started = performance.now()
  expect((await page(call, `?after=${nextCursor}&wait=0.2`)).items).toEqual([])
  expect(performance.now() - started).toBeGreaterThan(150)
  const waiting = page(call, `?after=${nextCursor}&wait=20&types=team.created`)
  await objective(cycleId, 'Not asked for')
  const { id } = await make('teams', { name: 'Asked for' })
  const { items } = await waiting
  expect(items.map(({ subject }) => subject.id)).toEqual([id])
})

test.each([
  ['?types=team.create', 422, 'invalid_input'],
  ['?after=999999', 400, 'invalid_cursor'],
  ['?after=-1', 422, 'invalid_input'],
  ['?after=x', 422, 'invalid_input'],
  ['?wait=26', 422, 'invalid_input'],
  ['?limit=101', 422, 'invalid_input'],
  ['?subject=me', 422, 'invalid_input'],
])('%s is refused', async (query, status, code) => {
  const answer = await call('GET', `/v1/events${query}`)
  expect([answer.status, answer.body.code]).toEqual([status, code])
})

test('what a reader may not see does not exist in the feed, deleted or not, nor as a cause', async () => {
  const secret = await objective(cycleId, 'Secret', { visibility: 'private', ownerType: 'user', ownerId: ann.id })
  const { id: keyResultId } = await keyResult(secret.id)
  const open = await objective(cycleId, 'Open')
  await align(secret.id, { parentObjectiveId: open.id })
  const { id: gone } = await keyResult(secret.id, { title: 'Gone' })
  const said = await checkIn(keyResultId, { value: 100 })
  await call('DELETE', `/v1/key-results/${gone}`)
  await untilSequenced(call, gone, 'key_result.deleted')

  const seenBy = async (reader: typeof call) => new Set((await readAll(reader)).map(({ subject }) => subject.id))
  const hidden = [secret.id, keyResultId, said.id, gone]
  const [administrator, owner, other] = await Promise.all([call, ann.call, ben.call].map(seenBy))
  for (const id of hidden) {
    expect(administrator, 'the administrator').toContain(id)
    expect(owner, 'the owner').toContain(id)
    expect(other, 'somebody else').not.toContain(id)
  }
  const [told] = (await readAll(ben.call, `&subject=${open.id}&types=objective.progress_changed`)).slice(-1)
  expect(told).toMatchObject({ changes: { progress: [0.5, 1] }, cause: null })
  const [known] = (await readAll(ann.call, `&subject=${open.id}&types=objective.progress_changed`)).slice(-1)
  expect(known?.cause).toEqual({ type: 'key_result', id: gone })
})

test('a scope opens the events of its subjects, and only administrators hear of keys', async () => {
  const typesOf = async (reader: typeof call) => new Set((await readAll(reader)).map(({ subject }) => subject.type))
  const people = await typesOf(world.as(await world.key('integration', ['directory:read'])))
  expect(people).toEqual(new Set(['organization', 'user', 'team']))
  const goals = await typesOf(world.as(await world.key('integration', ['okr:read'])))
  expect(goals).toContain('objective')
  expect(goals).not.toContain('user')
  expect(await typesOf(world.as(await world.key('integration', ['admin'])))).not.toContain('api_key')
  expect(await typesOf(call)).toContain('api_key')
})

test('a place whose next events are no longer kept is told, not passed over', async () => {
  const admin = adminPool()
  const nextCursor = await latest()
  await admin.query('delete from events where tenant_id = $1 and seq <= 5', [world.organizationId])
  const { status, body } = await call('GET', '/v1/events?after=3')
  expect([status, body.code]).toEqual([410, 'cursor_expired'])
  expect((await page(call, '?after=5&limit=1')).items[0]?.seq).toBe(6)
  expect((await page(call, '?limit=1')).items[0]?.seq).toBe(6)
  expect((await page(call, `?after=${nextCursor}`)).items).toEqual([])
})

test('a filter that fits nothing comes to the end window by window', async () => {
  const other = await createWorld({ sequenced: true })
  const admin = adminPool()
  const { pool, organizationId } = other
  await page(other.call, '?wait=5')
  await admin.query(
    `insert into events (tenant_id, id, seq, type, occurred_at, actor_id, subject_type, subject_id, changes)
     select $1, gen_random_uuid(), 2 + n, 'team.updated', now(), $1, 'team', $1, '{}' from generate_series(1, 6000) n`,
    [organizationId],
  )
  await admin.query('update journal_heads set event_seq = 6002 where tenant_id = $1', [organizationId])
  const first = await page(other.call, '?types=cycle.created')
  expect(first).toEqual({ items: [], nextCursor: '5000' })
  expect(await page(other.call, '?types=cycle.created&after=5000')).toEqual({ items: [], nextCursor: '6002' })
  expect(pool.totalCount).toBeGreaterThan(0)
})
