import { expect, test } from 'vitest'
import { createWorld } from '../support/app.ts'
import { goalsOf } from '../support/goals.ts'

const { call, clock, app, apiKey, as, key } = await createWorld({
  at: '2026-06-01T10:00:00.000Z',
  timeZone: 'Europe/Berlin',
})
const goals = goalsOf(call)
const at = (instant: string) => {
  clock.now = new Date(instant)
}
const bytes = async (url: string): Promise<string> =>
  (await app.inject({ method: 'GET', url: `/v1/${url}`, headers: { authorization: `Bearer ${apiKey}` } })).body

const world = async () => {
  at('2026-06-01T10:00:00.000Z')
  const { id: cycleId } = await goals.cycle()
  const parent = await goals.objective(cycleId, 'Parent')
  const child = await goals.objective(cycleId, 'Child')
  await goals.align(child.id, { parentObjectiveId: parent.id })
  const keyResult = await goals.keyResult(child.id)
  at('2026-06-03T10:00:00.000Z')
  const first = await goals.checkIn(keyResult.id, { value: 20, confidence: 0.5 })
  at('2026-06-05T10:00:00.000Z')
  await goals.checkIn(keyResult.id, { value: 50 })
  at('2026-06-07T10:00:00.000Z')
  return { parent, child, keyResult, first }
}

test('asOf yesterday is the same bytes before and after a correction; the effective clock shows the corrected past', async () => {
  const { parent, keyResult, first } = await world()
  const asOf = '2026-06-04T12:00:00.000Z'
  for (const path of [`objectives/${parent.id}`, `key-results/${keyResult.id}`]) {
    const before = await bytes(`${path}/history?asOf=${asOf}`)
    expect(JSON.parse(before).items).toEqual([
      expect.objectContaining({ progress: 0.2, confidence: 0.5, effectiveAt: null }),
    ])
    expect(JSON.parse(await bytes(`${path}/history?asOf=${asOf}&clock=effective`)).items[0].progress).toBe(0.2)
  }
  const before = await bytes(`objectives/${parent.id}/history?asOf=${asOf}`)
  const corrected = await call('PATCH', `/v1/check-ins/${first.id}`, { value: 30 })
  expect(corrected.status).toBe(200)
  expect(await bytes(`objectives/${parent.id}/history?asOf=${asOf}`)).toBe(before)
  for (const path of [`objectives/${parent.id}`, `key-results/${keyResult.id}`]) {
    const past = await goals.read(`${path}/history?asOf=${asOf}&clock=effective`)
    expect(past.items).toEqual([expect.objectContaining({ progress: 0.3, recordedAt: null, effectiveAt: asOf })])
    const series = await goals.read(`${path}/history?clock=effective`)
    expect(series.items.map(({ progress, effectiveAt }: any) => [effectiveAt.slice(0, 10), progress])).toEqual([
      ['2026-06-03', 0.3],
      ['2026-06-05', 0.5],
    ])
    expect(series.items[0].cause).toEqual({ type: 'check_in', id: corrected.body.id })
  }
})

test('a backdated reading changes the effective past, not what was known', async () => {
  const { parent, keyResult } = await world()
  const known = await bytes(`objectives/${parent.id}/history?to=2026-06-06T00:00:00.000Z`)
  await goals.checkIn(keyResult.id, { value: 10, effectiveAt: '2026-06-02T22:30:00.000Z' })
  expect(await bytes(`objectives/${parent.id}/history?to=2026-06-06T00:00:00.000Z`)).toBe(known)
  const { items } = await goals.read(`objectives/${parent.id}/history?clock=effective`)
  // Half past midnight in Berlin: the third of June, on which the later reading stands.
  expect(items.map(({ effectiveAt, progress }: any) => [effectiveAt, progress])).toEqual([
    ['2026-06-03T10:00:00.000Z', 0.2],
    ['2026-06-05T10:00:00.000Z', 0.5],
  ])
  expect(
    (await goals.read(`objectives/${parent.id}/history?clock=effective&asOf=2026-06-03T00:00:00.000Z`)).items[0]
      .progress,
  ).toBe(0.1)
})

test('what was recorded comes in order, in a span, page by page', async () => {
  const { parent } = await world()
  const path = `objectives/${parent.id}/history`
  const all = await goals.read(path)
  expect(all.nextCursor).toBeNull()
  expect(all.items.map(({ progress }: any) => progress).slice(-2)).toEqual([0.2, 0.5])
  expect(all.items.map(({ recordedAt }: any) => recordedAt)).toEqual(
    all.items.map(({ recordedAt }: any) => recordedAt).toSorted(),
  )
  const paged = []
  for (let cursor = ''; ; ) {
    const page = await goals.read(`${path}?limit=1${cursor}`)
    paged.push(...page.items)
    if (page.nextCursor === null) break
    cursor = `&cursor=${page.nextCursor}`
  }
  expect(paged).toEqual(all.items)
  const span = await goals.read(`${path}?from=2026-06-03T00:00:00.000Z&to=2026-06-04T00:00:00.000Z`)
  expect(span.items.map(({ progress }: any) => progress)).toEqual([0.2])
  expect((await goals.read(`${path}?asOf=2026-01-01T00:00:00.000Z`)).items).toEqual([])
  const graphql = await call.graphql(
    'query ($id: ID!) { objectiveHistory(id: $id, first: 1) { nodes { progress cause { type } } pageInfo { hasNextPage endCursor } } }',
    { id: parent.id },
  )
  expect(graphql.body.errors).toBeUndefined()
  expect(graphql.body.data.objectiveHistory.pageInfo.hasNextPage).toBe(true)
})

test('the future is not known, and what is hidden has no history', async () => {
  const { child } = await world()
  expect(await call('GET', `/v1/objectives/${child.id}/history?asOf=2027-01-01T00:00:00.000Z`)).toMatchObject({
    status: 422,
    body: { code: 'invalid_input' },
  })
  await call('PATCH', `/v1/objectives/${child.id}`, { visibility: 'private' })
  expect((await as(await key('viewer'))('GET', `/v1/objectives/${child.id}/history`)).status).toBe(404)
})
