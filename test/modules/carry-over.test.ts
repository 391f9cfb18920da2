import { expect, test } from 'vitest'
import { createWorld } from '../support/app.ts'
import { goalsOf } from '../support/goals.ts'

const { call } = await createWorld({ at: '2026-03-30T10:00:00.000Z' })
const goals = goalsOf(call)
const first = await goals.cycle({ name: 'Q1', kind: 'quarter', startsOn: '2026-01-01', endsOn: '2026-03-31' })
const nextCycle = () => goals.cycle({ name: 'Q2', kind: 'quarter', startsOn: '2026-04-01', endsOn: '2026-06-30' })

const undone = async () => {
  const { id } = await goals.objective(first.id, 'Undone', { tags: ['growth'], commitment: 'aspirational' })
  const reached = await goals.keyResult(id, { title: 'Reached' })
  const metric = await goals.keyResult(id, {
    title: 'Metric',
    weight: 2,
    unit: '%',
    waypoints: [{ date: '2026-02-01', value: 50 }],
  })
  const milestone = await goals.keyResult(id, {
    title: 'Milestone',
    kind: 'milestone',
    baseline: undefined,
    target: undefined,
    steps: [
      { title: 'Done', weight: 3 },
      { title: 'Open', dueOn: '2026-03-01' },
    ],
  })
  const guardrail = await goals.keyResult(id, {
    title: 'Guardrail',
    kind: 'threshold',
    role: 'guardrail',
    max: 5,
    baseline: undefined,
    target: undefined,
  })
  const dropped = await goals.keyResult(id, { title: 'Dropped' })
  await goals.checkIn(reached.id, { value: 120 })
  await goals.checkIn(metric.id, { value: 40 })
  await goals.checkIn(milestone.id, { step: { id: milestone.steps[0].id, done: true } })
  await goals.checkIn(guardrail.id, { value: 3 })
  await call('PATCH', `/v1/key-results/${dropped.id}`, { state: 'cancelled', reason: 'x' })
  return { id, reached, metric, milestone, guardrail }
}

const carry = async (mode: string) => {
  const from = await undone()
  const into = await nextCycle()
  const report = await goals.act(`objectives/${from.id}/carry-over`, { cycleId: into.id, mode })
  const { items } = await goals.read(`key-results?objectiveId=${report.carriedToId}&sort=title`)
  const checkIns = (await goals.read('check-ins?limit=100')).items.filter(({ keyResultId }: any) =>
    items.some(({ id }: any) => id === keyResultId),
  )
  return { from, into, report, keyResults: new Map<string, any>(items.map((row: any) => [row.title, row])), checkIns }
}

test('a new objective with what was not reached, and where it came from', async () => {
  const { from, into, report, keyResults } = await carry('restart')
  expect(report).toMatchObject({ objectiveId: from.id, title: 'Undone', outcome: 'carried' })
  expect(report.keyResults).toContainEqual({ keyResultId: from.reached.id, outcome: 'reached', carriedToId: null })
  expect([...keyResults.keys()]).toEqual(['Guardrail', 'Metric', 'Milestone'])
  expect(await goals.read(`objectives/${report.carriedToId}`)).toMatchObject({
    carriedFromId: from.id,
    cycleId: into.id,
    state: 'active',
    tags: ['growth'],
    commitment: 'aspirational',
  })
  expect((await goals.read(`objectives/${from.id}`)).state).toBe('active')
})

test('rebaseline starts from the last value and keeps the open steps', async () => {
  const { keyResults, checkIns } = await carry('rebaseline')
  expect(keyResults.get('Metric')).toMatchObject({
    baseline: 40,
    target: 100,
    waypoints: null,
    value: null,
    progress: 0,
    weight: 2,
    unit: '%',
  })
  expect(keyResults.get('Milestone').steps).toEqual([
    expect.objectContaining({ title: 'Open', done: false, dueOn: null }),
  ])
  expect(checkIns).toEqual([])
})

test('keep opens with the last value, marked as carried', async () => {
  const { keyResults, checkIns } = await carry('keep')
  expect(keyResults.get('Metric')).toMatchObject({ baseline: 0, target: 100, value: 40, progress: 0.4 })
  expect(keyResults.get('Milestone')).toMatchObject({ progress: 0.75 })
  expect(keyResults.get('Milestone').steps.map(({ done }: any) => done)).toEqual([true, false])
  expect(keyResults.get('Guardrail')).toMatchObject({ value: 3, role: 'guardrail', max: 5 })
  expect(checkIns).toHaveLength(3)
  expect(checkIns.every(({ carried }: any) => carried)).toBe(true)
})

test('restart begins anew', async () => {
  const { keyResults, checkIns } = await carry('restart')
  expect(keyResults.get('Metric')).toMatchObject({ baseline: 0, target: 100, value: null, progress: 0 })
  expect(keyResults.get('Milestone').steps.map(({ done }: any) => done)).toEqual([false, false])
  expect(checkIns).toEqual([])
})

test('a whole cycle: the undone goes on, the reached stays, nothing twice', async () => {
  const quarter = await goals.cycle({ name: 'Q', kind: 'quarter', startsOn: '2026-01-01', endsOn: '2026-03-31' })
  const into = await nextCycle()
  const open = await goals.objective(quarter.id, 'Open')
  const done = await goals.objective(quarter.id, 'Done')
  await goals.objective(quarter.id, 'Draft', { state: 'draft' })
  await goals.checkIn((await goals.keyResult(open.id)).id, { value: 10 })
  await goals.checkIn((await goals.keyResult(done.id)).id, { value: 100 })
  await goals.act(`cycles/${quarter.id}/close`)
  const body = { cycleId: into.id, mode: 'keep' }
  const { objectives } = await goals.act(`cycles/${quarter.id}/carry-over`, body)
  expect(objectives.map(({ title, outcome }: any) => [title, outcome])).toEqual([
    ['Open', 'carried'],
    ['Done', 'reached'],
  ])
  expect((await goals.read(`objectives?cycleId=${into.id}`)).items).toEqual([
    expect.objectContaining({ title: 'Open', progress: 0.1, carriedFromId: open.id }),
  ])
  expect((await goals.act(`cycles/${quarter.id}/carry-over`, body)).objectives).toEqual([
    expect.objectContaining({ title: 'Done', outcome: 'reached' }),
  ])
  expect(await call('POST', `/v1/objectives/${open.id}/carry-over`, body)).toMatchObject({
    status: 409,
    body: { code: 'conflict' },
  })
  expect(await call('POST', `/v1/objectives/${open.id}/carry-over`, { cycleId: quarter.id })).toMatchObject({
    status: 409,
    body: { code: 'cycle_closed' },
  })
})
