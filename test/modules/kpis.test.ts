import { describe, expect, it } from 'vitest'
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
