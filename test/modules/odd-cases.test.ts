import { describe, expect, test } from 'vitest'
import { createWorld } from '../support/app.ts'
import { goalsOf } from '../support/goals.ts'

const { call, clock } = await createWorld({ at: '2026-06-01T10:00:00.000Z' })
const goals = goalsOf(call)
const { id: cycleId } = await goals.cycle()
const outcome = ({ status, body }: { status: number; body: any }) => [status, body?.code]
const patch = (path: string, body: object) => call('PATCH', `/v1/${path}`, body)

describe('what is achieved counts at its last value', () => {
  test.each(['key-results', 'objectives'])('%s: until it is active again it takes no check-in', async (path) => {
    const objective = await goals.objective(cycleId, 'O')
    const { id } = await goals.keyResult(objective.id)
    const said = await goals.checkIn(id, { value: 80 })
    const achieved = `${path}/${path === 'objectives' ? objective.id : id}`
    expect((await patch(achieved, { state: 'achieved' })).status).toBe(200)
    for (const answer of [
      await call('POST', `/v1/key-results/${id}/check-ins`, { value: 10 }),
      await patch(`check-ins/${said.id}`, { value: 10 }),
      await call('DELETE', `/v1/check-ins/${said.id}`),
    ])
      expect(outcome(answer)).toEqual([409, 'not_taking_check_ins'])
    expect((await goals.read(`objectives/${objective.id}`)).progress).toBe(0.8)
    expect((await patch(achieved, { state: 'active' })).status).toBe(200)
    await goals.checkIn(id, { value: 10 })
    expect((await goals.read(`objectives/${objective.id}`)).progress).toBe(0.1)
  })
})

test('a zone that no longer exists gives way to the reading before it, however old', async () => {
  const { id: objectiveId } = await goals.objective(cycleId, 'O')
  const zones = ['low', 'middle', 'high'].map((name, at) => ({ name, value: at / 2 }))
  const ordinal = { kind: 'ordinal', baseline: undefined, target: undefined, zones }
  const { id } = await goals.keyResult(objectiveId, ordinal)
  // Long before the half of the elapsed time, and right now.
  await goals.checkIn(id, { zone: 'middle', effectiveAt: '2026-01-05T10:00:00.000Z' })
  await goals.checkIn(id, { zone: 'high' })
  expect((await goals.read(`key-results/${id}`)).progress).toBe(1)
  const answer = await patch(`key-results/${id}`, { zones: zones.slice(0, 2), reason: 'Too high' })
  expect([answer.status, answer.body.progress]).toEqual([200, 0.5])
})

test('readings of one day count singly where a line is drawn through them', async () => {
  const { id } = await goals.keyResult((await goals.objective(cycleId, 'O')).id)
  const said = [
    ['2026-04-10', 10],
    ['2026-04-10', 14],
    ['2026-04-10', 30],
    ['2026-05-20', 20],
    ['2026-06-01', 26],
    ['2026-06-01', 22],
  ] as const
  const items = said.map(([day, value], at) => ({
    keyResultId: id,
    value,
    effectiveAt: `${day}T09:0${at}:00.000Z`,
  }))
  expect((await call('POST', '/v1/check-ins/batch', { items })).status).toBe(200)
  const days = said.map(([day]) => Date.parse(day) / 86_400_000)
  const mean = (numbers: readonly number[]) => numbers.reduce((sum, each) => sum + each, 0) / numbers.length
  const [meanDay, meanValue] = [mean(days), mean(said.map(([, value]) => value))]
  const slope =
    mean(said.map(([, value], at) => (days[at]! - meanDay) * (value - meanValue))) /
    mean(days.map((day) => (day - meanDay) ** 2))
  const read = await goals.read(`key-results/${id}`)
  expect(read).toMatchObject({ value: 22, progress: 0.22 })
  expect(read.projected).toBeCloseTo((meanValue + slope * (Date.parse('2026-12-31') / 86_400_000 - meanDay)) / 100, 6)
})

test('what was settled keeps its projection, whatever is read since', async () => {
  const { id: own } = await goals.cycle()
  const { id } = await goals.keyResult((await goals.objective(own, 'O')).id)
  const settledAt = clock.now
  for (const [day, value] of [
    ['2026-03-20', 10],
    ['2026-04-10', 20],
    ['2026-05-20', 30],
  ] as const)
    await goals.checkIn(id, { value, effectiveAt: `${day}T09:00:00.000Z` })
  expect((await patch(`key-results/${id}`, { state: 'achieved' })).status).toBe(200)
  const { projected } = await goals.read(`key-results/${id}`)
  expect(projected).toBeGreaterThan(0)
  clock.now = new Date('2026-11-10T12:00:00.000Z')
  expect((await patch(`cycles/${own}`, { policy: { missing: 'exclude' } })).status).toBe(200)
  expect((await goals.read(`key-results/${id}`)).projected).toBe(projected)
  clock.now = settledAt
})

describe('what an objective is aligned to', () => {
  const pair = async () => {
    const [above, below] = [await goals.objective(cycleId, 'Above'), await goals.objective(cycleId, 'Below')]
    const edge = await goals.align(below.id, { parentObjectiveId: above.id })
    await goals.checkIn((await goals.keyResult(below.id)).id, { value: 40 })
    return { above: `objectives/${above.id}`, below: `objectives/${below.id}`, edge: `alignments/${edge.id}` }
  }

  test('goes and comes back with it, and the goal above is scored anew', async () => {
    const { above, below, edge } = await pair()
    expect((await goals.read(above)).progress).toBe(0.4)
    expect((await call('DELETE', `/v1/${below}`)).status).toBe(204)
    expect((await call('GET', `/v1/${edge}`)).status).toBe(404)
    expect(await goals.read(above)).toMatchObject({ progress: null, progressReason: 'no_items' })
    await goals.act(`${below}/restore`)
    expect(await goals.read(edge)).toMatchObject({ deletedAt: null, version: 3 })
    expect((await goals.read(above)).progress).toBe(0.4)
  })

  test('stays gone when it was taken away before, or is there no more', async () => {
    const [taken, lost] = [await pair(), await pair()]
    expect((await call('DELETE', `/v1/${taken.edge}`)).status).toBe(204)
    clock.now = new Date(clock.now.getTime() + 1_000)
    for (const path of [taken.below, lost.below, lost.above])
      expect((await call('DELETE', `/v1/${path}`)).status, path).toBe(204)
    for (const { below, edge } of [taken, lost]) {
      await goals.act(`${below}/restore`)
      expect((await call('GET', `/v1/${edge}`)).status).toBe(404)
    }
  })

  test('does not come back where that would be too deep', async () => {
    const { above, below } = await pair()
    await call('DELETE', `/v1/${below}`)
    let top = above.split('/')[1] as string
    for (let level = 2; level <= 16; level++) {
      const { id } = await goals.objective(cycleId, `Level ${level}`)
      await goals.align(top, { parentObjectiveId: id })
      top = id
    }
    expect(outcome(await call('POST', `/v1/${below}/restore`))).toEqual([422, 'alignment_too_deep'])
  })
})

test('a sub-cycle lies within the days of its parent, whichever of both is moved', async () => {
  const days = { startsOn: '2027-01-01', endsOn: '2027-12-31' }
  const year = await goals.cycle(days)
  const quarter = { kind: 'quarter', parentId: year.id, startsOn: '2027-01-01', endsOn: '2027-03-31', name: 'Q1' }
  const early = await call('POST', '/v1/cycles', { ...quarter, startsOn: '2026-12-31' })
  expect([...outcome(early), early.body.errors[0].pointer]).toEqual([422, 'invalid_input', '/startsOn'])
  const { id } = await goals.make('cycles', quarter)
  expect(outcome(await patch(`cycles/${id}`, { endsOn: '2028-01-01' }))).toEqual([422, 'invalid_input'])
  expect(outcome(await patch(`cycles/${year.id}`, { endsOn: '2027-03-30' }))).toEqual([422, 'invalid_input'])
  expect((await patch(`cycles/${year.id}`, { endsOn: '2027-03-31' })).status).toBe(200)
})

test.each([
  [110, 10, 121],
  [0.1, 20, 0.12],
  [60, -10, 54],
  [3, 33.3, 3.999],
])('%d changed by %d %% is %d', async (baseline, targetChangePercent, target) => {
  const { id } = await goals.objective(cycleId, 'O')
  expect((await goals.keyResult(id, { baseline, target: undefined, targetChangePercent })).target).toBe(target)
})

test('an achieved objective follows what is aligned to it, and its explanation sums to its progress', async () => {
  const [top, below] = [await goals.objective(cycleId, 'Top'), await goals.objective(cycleId, 'Below')]
  await goals.align(below.id, { parentObjectiveId: top.id })
  const [own, other] = [await goals.keyResult(top.id), await goals.keyResult(below.id)]
  await goals.checkIn(own.id, { value: 80 })
  expect((await patch(`objectives/${top.id}`, { state: 'achieved' })).status).toBe(200)
  await goals.checkIn(other.id, { value: 40 })
  const { progress, items } = await goals.read(`objectives/${top.id}/explanation`)
  expect(progress).toBe(0.6)
  expect(items.map(({ contribution }: { contribution: number }) => contribution).toSorted()).toEqual([0.2, 0.4])
  expect((await goals.read(`objectives/${top.id}`)).progress).toBe(progress)
})

test('a dry run shows everything as it would be, along all edges, and leaves nothing', async () => {
  const above = await goals.objective(cycleId, 'Above')
  const objective = await goals.objective(cycleId, 'O')
  await goals.align(objective.id, { parentObjectiveId: above.id })
  const { id } = await goals.keyResult(objective.id)
  const edges = `{ id confidence keyResult { id title value progress confidence health { effective }
    checkIns { nodes { value } }
    objective { progress alignedTo { nodes { parentObjective { progress } } } } } }`
  const answer = async (dry: boolean) =>
    (
      await call.graphql(
        `mutation ($id: ID!) {
          first: createCheckIn(keyResultId: $id, input: { value: 25, confidence: 0.4 }, validateOnly: ${dry}) ${edges} }`,
        { id },
      )
    ).body.data.first.keyResult
  const dry = await answer(true)
  expect(dry).toMatchObject({ id, title: 'Measure', value: 25, progress: 0.25, confidence: 0.4 })
  expect(dry.checkIns.nodes).toEqual([{ value: 25 }])
  expect(dry.objective).toEqual({
    progress: 0.25,
    alignedTo: { nodes: [{ parentObjective: { progress: 0.25 } }] },
  })
  expect((await goals.read(`key-results/${id}`)).value).toBeNull()
  expect(await answer(true)).toEqual(dry)
  expect(await answer(false)).toEqual(dry)
  expect((await goals.read(`objectives/${above.id}`)).progress).toBe(0.25)
})

test('a write after a dry run in one document builds on nothing of it', async () => {
  const { id } = await goals.keyResult((await goals.objective(cycleId, 'O')).id)
  const { body } = await call.graphql(
    `mutation ($id: ID!) {
      dry: createCheckIn(keyResultId: $id, input: { value: 25 }, validateOnly: true) { keyResult { progress } }
      real: createCheckIn(keyResultId: $id, input: { confidence: 0.5 }) { keyResult { progress confidence } }
    }`,
    { id },
  )
  expect(body.data).toEqual({
    dry: { keyResult: { progress: 0.25 } },
    real: { keyResult: { progress: 0, confidence: 0.5 } },
  })
})

test('why nothing counts is told anew when what only supported goes and comes back', async () => {
  const { id: cycleId } = await goals.cycle()
  const [top, silent, support] = await Promise.all(
    ['Top', 'Silent', 'Support'].map((title) => goals.objective(cycleId, title)),
  )
  await goals.align(silent.id, { parentObjectiveId: top.id, weight: 0 })
  await goals.align(support.id, { parentObjectiveId: top.id, relation: 'supports' })
  const reason = async () => (await goals.read(`objectives/${top.id}`)).progressReason
  expect(await reason()).toBe('no_items')
  expect((await call('DELETE', `/v1/objectives/${support.id}`)).status).toBe(204)
  expect(await reason()).toBe('zero_weight')
  expect((await call('POST', `/v1/objectives/${support.id}/restore`)).status).toBe(200)
  expect(await reason()).toBe('no_items')
})
