import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { runMidnight } from '../../src/jobs/midnight.ts'
import { createWorld } from '../support/app.ts'
import { goalsOf } from '../support/goals.ts'

const world = await createWorld({ at: '2026-11-20T12:00:00Z' })
const { call } = world
const { make, read } = goalsOf(call)

let codes = 0
const kpi = (given: Record<string, unknown> = {}) =>
  make('kpis', { code: `KPI ${++codes}`, name: 'Satisfaction', ...given })
const measure = (id: string, period: string, value: number, more: Record<string, unknown> = {}) =>
  make(`kpis/${id}/measurements`, { period, value, ...more })

describe('A KPI', () => {
  it('is judged by its targets', async () => {
    const { id } = await kpi({ unitKind: 'percent', unit: '%' })
    await make(`kpis/${id}/targets`, { effectiveFrom: '2026-01-01', target: 90, redLine: 80 })
    expect(await read(`kpis/${id}`)).toMatchObject({ status: 'no_data', value: null, stale: false })
    await measure(id, '2026-10', 84)
    expect(await read(`kpis/${id}`)).toMatchObject({
      status: 'amber',
      value: 84,
      periodStart: '2026-10-01',
      stale: false,
    })
  })
})

describe('A key result that follows a KPI', () => {
  it('moves with it, and every goal above, in the transaction of the measurement', async () => {
    const { cycle, objective, keyResult, align } = goalsOf(call)
    const { id } = await kpi()
    await measure(id, '2026-10', 84)
    const year = await cycle()
    const [top, middle, low] = [
      await objective(year.id, 'Top'),
      await objective(year.id, 'Middle'),
      await objective(year.id, 'Low'),
    ]
    await align(middle.id, { parentObjectiveId: top.id })
    await align(low.id, { parentObjectiveId: middle.id })
    const follower = await keyResult(low.id, { source: 'kpi', kpiId: id, baseline: 84, target: 90 })
    expect(follower).toMatchObject({ value: 84, progress: 0, dataState: 'ok', kpiWindow: 'latest' })
    await measure(id, '2026-11', 87)
    expect(await read(`key-results/${follower.id}`)).toMatchObject({ value: 87, progress: 0.5 })
    for (const each of [low, middle, top]) expect(await read(`objectives/${each.id}`)).toMatchObject({ progress: 0.5 })
  })
})

describe('The bridge', () => {
  it('promotes a KPI: its value now is the baseline', async () => {
    const { cycle } = goalsOf(call)
    const { id } = await kpi({ unit: '%', unitKind: 'percent', visibility: 'restricted' })
    const year = await cycle()
    const early = await call('POST', `/v1/kpis/${id}/promote`, { cycleId: year.id, target: 90 })
    expect([early.status, early.body.code]).toEqual([422, 'not_measured'])
    await measure(id, '2026-10', 84)
    await make(`kpis/${id}/targets`, { effectiveFrom: '2026-01-01', target: 90, redLine: 80 })
    const { objective, keyResult } = await make(`kpis/${id}/promote`, { cycleId: year.id })
    expect(objective).toMatchObject({ title: 'Improve Satisfaction', visibility: 'restricted', progress: 0 })
    expect(keyResult).toMatchObject({
      source: 'kpi',
      kpiId: id,
      baseline: 84,
      target: 90,
      unit: '%',
      value: 84,
      progress: 0,
    })
    await measure(id, '2026-11', 87)
    expect(await read(`objectives/${objective.id}`)).toMatchObject({ progress: 0.5 })
    expect(await read(`key-results/${keyResult.id}/explanation`)).toMatchObject({
      formula: 'kpi',
      inputs: { baseline: 84, target: 90, value: 87 },
      attainment: 0.5,
    })
    const history = await read(`key-results/${keyResult.id}/history?clock=effective`)
    expect(history.items.map(({ progress }: { progress: number }) => progress)).toEqual([0, 0.5])
    expect((await call('DELETE', `/v1/kpis/${id}`)).body.code).toBe('has_dependents')
  })

  it('promotes a sum from its last complete period, and the running one becomes a reading when it is over', async () => {
    const { clock, pool, organizationId } = world
    const { id } = await kpi({ aggregation: 'sum' })
    const running = await goalsOf(call).cycle()
    const options = {
      pool,
      clock: () => clock.now,
      log: pino({ level: 'silent' }) as never,
      organizationIds: [organizationId],
    }
    await runMidnight(options)
    await measure(id, '2026-11', 30)
    const early = await call('POST', `/v1/kpis/${id}/promote`, { cycleId: running.id, target: 200 })
    expect([early.status, early.body.code]).toEqual([422, 'not_measured'])
    await measure(id, '2026-10', 100)
    const { objective, keyResult } = await make(`kpis/${id}/promote`, { cycleId: running.id, target: 200 })
    expect(keyResult).toMatchObject({ baseline: 100, target: 200, value: 100, attainment: 0 })
    await measure(id, '2026-11', 120)
    expect(await read(`key-results/${keyResult.id}`)).toMatchObject({ value: 100, attainment: 0 })
    const before = clock.now
    clock.now = new Date('2026-12-01T00:15:00Z')
    await runMidnight(options)
    expect(await read(`key-results/${keyResult.id}`)).toMatchObject({ value: 120, attainment: 0.2 })
    expect(await read(`objectives/${objective.id}`)).toMatchObject({ progress: 0.2 })
    clock.now = before
  })

  it('promotes a sum over its cycle from nothing, to a target that is said', async () => {
    const { id } = await kpi({ aggregation: 'sum' })
    const running = await goalsOf(call).cycle()
    await make(`kpis/${id}/targets`, { effectiveFrom: '2026-01-01', target: 500 })
    await measure(id, '2026-09', 220)
    await measure(id, '2026-10', 300)
    const asked = { cycleId: running.id, kpiWindow: 'cycle' }
    const unsaid = await call('POST', `/v1/kpis/${id}/promote`, asked)
    expect([unsaid.status, unsaid.body.errors[0].pointer]).toEqual([422, '/target'])
    const { keyResult } = await make(`kpis/${id}/promote`, { ...asked, target: 1040 })
    expect(keyResult).toMatchObject({ baseline: 0, target: 1040, value: 520, attainment: 0.5 })
  })

  it('follows corrections and what is taken back, and can follow the cycle instead of the latest value', async () => {
    const { cycle, objective, keyResult } = goalsOf(call)
    const { id } = await kpi({ aggregation: 'sum' })
    const goal = await objective((await cycle()).id, 'Sell')
    const follower = await keyResult(goal.id, { source: 'kpi', kpiId: id, kpiWindow: 'cycle' })
    const progress = async () => (await read(`key-results/${follower.id}`)).progress
    expect(await progress()).toBe(0)
    await measure(id, '2025-12', 1_000)
    await measure(id, '2026-01', 20)
    const { id: february } = await measure(id, '2026-02', 30)
    expect(await progress()).toBe(0.5)
    await measure(id, '2026-01', 10)
    expect(await progress()).toBe(0.4)
    await call('DELETE', `/v1/measurements/${february}`)
    expect(await progress()).toBe(0.1)
  })

  it('makes a KPI of a reached key result, with its history', async () => {
    const { cycle, objective, keyResult, checkIn } = goalsOf(call)
    const goal = await objective((await cycle()).id, 'Answer faster')
    const { id } = await keyResult(goal.id, { title: 'Minutes', baseline: 10, target: 4, cadence: 'week' })
    await checkIn(id, { value: 7, effectiveAt: '2026-10-01T10:00:00Z' })
    const early = await call('POST', `/v1/key-results/${id}/graduate`, { code: 'MINUTES' })
    expect([early.status, early.body.code]).toEqual([409, 'invalid_transition'])
    await checkIn(id, { value: 4, effectiveAt: '2026-11-02T10:00:00Z' })
    const { kpi: made } = await make(`key-results/${id}/graduate`, { code: 'MINUTES', level: 'tactical' })
    expect(made).toMatchObject({ name: 'Minutes', direction: 'down', frequency: 'week', level: 'tactical' })
    expect(made).toMatchObject({ value: 4, status: 'green', score: 0.666667 })
    const { series } = await read(`kpis/${made.id}/series?from=2026-10-01&to=2026-11-08&dense=false`)
    expect(series[0].points.map(({ value }: { value: number }) => value)).toEqual([7, 4])
  })

  it('watches KPIs beside goals and work, and lets people speak about them', async () => {
    const { cycle, objective } = goalsOf(call)
    const { id } = await kpi()
    const goal = await objective((await cycle()).id, 'Watch', { watchedKpiIds: [id] })
    expect(goal.watchedKpiIds).toEqual([id])
    expect((await make('initiatives', { title: 'Work', kpiIds: [id] })).kpiIds).toEqual([id])
    const unknown = { title: 'Work', kpiIds: [goal.id] }
    expect((await call('POST', '/v1/initiatives', unknown)).body.errors[0].pointer).toBe('/kpiIds/0')
    await make('comments', { subjectType: 'kpi', subjectId: id, body: 'Why?' })
    const { body } = await call.graphql(
      `{ kpi(id: "${id}") { comments { nodes { body } } measurements { nodes { id } } } }`,
    )
    expect(body.data.kpi).toEqual({ comments: { nodes: [{ body: 'Why?' }] }, measurements: { nodes: [] } })
  })
})

describe('A scorecard', () => {
  it('is the weighted mean of its KPIs, with coverage', async () => {
    const [good, bad, unknown] = [await kpi(), await kpi(), await kpi()]
    for (const each of [good, bad])
      await make(`kpis/${each.id}/targets`, { effectiveFrom: '2026-01-01', target: 20, redLine: 10 })
    await measure(good.id, '2026-10', 30)
    await measure(bad.id, '2026-10', 10)
    const items = [
      { kpiId: good.id, perspective: 'customer', weight: 3 },
      { kpiId: bad.id, perspective: 'customer' },
      { kpiId: unknown.id, perspective: 'growth' },
    ]
    const made = await make('scorecards', { name: 'Board', items })
    expect(made).toMatchObject({ score: 0.833333, coverage: 0.8 })
    expect(made.perspectiveScores).toMatchObject([
      { perspective: 'financial', score: null },
      { perspective: 'customer', score: 0.833333, coverage: 1 },
      { perspective: 'internal', score: null },
      { perspective: 'growth', score: null, coverage: null },
    ])
    const same = await call('PATCH', `/v1/scorecards/${made.id}`, {})
    expect(same.body).toEqual(made)
    expect((await call('DELETE', `/v1/kpis/${good.id}`)).body.code).toBe('has_dependents')
  })
})

describe('A cascade of KPIs', () => {
  it('is a tree, and has no circle', async () => {
    const top = await kpi()
    const middle = await kpi({ parentId: top.id })
    const low = await kpi({ parentId: middle.id })
    const tree = await read(`kpis/${top.id}/tree`)
    expect(tree).toMatchObject({ id: top.id, children: [{ id: middle.id, children: [{ id: low.id, children: [] }] }] })
    expect((await call('PATCH', `/v1/kpis/${top.id}`, { parentId: low.id })).body.code).toBe('hierarchy_cycle')
  })
})

describe('Time', () => {
  it('has one trend, whatever was written last', async () => {
    const monthly = { '2024-07': 5, '2024-08': 4, '2024-09': 3, '2024-10': 2, '2024-11': 1, '2024-12': 0 }
    const gappy = { '2025-01': 7, '2025-02': 8, '2025-03': 9, '2026-08': 10, '2026-09': 11, '2026-10': 12 }
    const daily = { '2026-10-20': 1, '2026-10-25': 2, '2026-10-28': 3, '2026-10-30': 4 }
    const cases = [
      ['month', monthly, { slope: -1, periods: 6 }],
      ['month', gappy, { slope: 1, periods: 6 }],
      ['day', daily, { slope: 1, periods: 4 }],
    ] as const
    for (const [frequency, values, trend] of cases) {
      const { id } = await kpi({ frequency, aggregation: 'last' })
      for (const [period, value] of Object.entries(values)) await measure(id, period, value)
      expect((await read(`kpis/${id}`)).trend).toEqual(trend)
      await make(`kpis/${id}/targets`, { effectiveFrom: '2026-01-01', target: 10 })
      expect((await read(`kpis/${id}`)).trend).toEqual(trend)
    }
  })

  it('lets a sum be judged once its period is over, and a KPI become stale', async () => {
    const { clock } = world
    const { id } = await kpi({ aggregation: 'sum' })
    await make(`kpis/${id}/targets`, { effectiveFrom: '2026-01-01', target: 100, redLine: 50 })
    await measure(id, '2026-10', 120)
    await measure(id, '2026-11', 40)
    expect(await read(`kpis/${id}`)).toMatchObject({ value: 40, judgedValue: 120, status: 'green', stale: false })
    const before = clock.now
    clock.now = new Date('2026-12-01T12:00:00Z')
    expect(await read(`kpis/${id}`)).toMatchObject({ value: 40, judgedValue: 40, status: 'red', stale: false })
    const listed = async (query: string) =>
      (await read(`kpis?${query}`)).items.some((row: { id: string }) => row.id === id)
    expect(await listed('status=red')).toBe(true)
    clock.now = new Date('2027-02-01T12:00:00Z')
    expect(await read(`kpis/${id}`)).toMatchObject({ stale: true })
    expect(await listed('stale=true&sort=-status')).toBe(true)
    clock.now = before
  })
})

describe('What is private', () => {
  it('is hidden with all that belongs to it', async () => {
    const { id } = await kpi({ visibility: 'private' })
    const { id: target } = await make(`kpis/${id}/targets`, { target: 5 })
    const { id: point } = await measure(id, '2026-10', 4)
    const { id: board } = await make('scorecards', { name: 'Board', items: [{ kpiId: id, perspective: 'growth' }] })
    const machine = world.as(await world.key('integration'))
    const paths = [`kpis/${id}`, `kpis/${id}/series`, `kpis/${id}/tree`, `kpis/${id}/measurements/history`]
    for (const path of [...paths, `kpi-targets/${target}`, `measurements/${point}`, `scorecards/${board}`])
      expect([path, (await machine('GET', `/v1/${path}`)).status]).toEqual([path, 404])
    expect((await machine('GET', `/v1/measurements?kpiId=${id}`)).body.items).toEqual([])
    const recorded = await machine('POST', `/v1/kpis/${id}/measurements`, { period: '2026-11', value: 1 })
    expect(recorded.status).toBe(404)
    const batch = await machine('POST', '/v1/measurements/batch', {
      items: [{ kpiId: id, period: '2026-11', value: 1 }],
    })
    expect(batch.body.code).toBe('reference_not_found')
  })
})
