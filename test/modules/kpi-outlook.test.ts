import { describe, expect, test } from 'vitest'
import { createWorld } from '../support/app.ts'
import { goalsOf } from '../support/goals.ts'

const world = await createWorld({ at: '2026-02-20T10:00:00.000Z' })
const { call } = world
const { make, read } = goalsOf(call)

const monthOf = (at: number): string => {
  const month = new Date(Date.UTC(2024, at, 1))
  return month.toISOString().slice(0, 7)
}
/** A KPI with monthly values from January 2024 on, the 25th of which is January 2026. */
const kpiWith = async (code: string, values: (number | null)[], given = {}) => {
  const kpi = await make('kpis', { code, name: code, ...given })
  const items = values.flatMap((value, at) => (value === null ? [] : [{ kpiId: kpi.id, period: monthOf(at), value }]))
  const { status, body } = await call('POST', '/v1/measurements/batch', { items })
  expect(status, JSON.stringify(body)).toBe(200)
  return kpi
}
const rising = Array.from({ length: 25 }, (_each, at) => 50 + at + ((at * 7) % 5) / 10)

describe('forecast', () => {
  test('names its method, goes on behind the last complete month, and is judged by the targets of then', async () => {
    // February has begun: its value is no whole month's, and must not bend the line.
    const { id } = await kpiWith('rising', [...rising, 5])
    await make(`kpis/${id}/targets`, { effectiveFrom: '2024-01-01', target: 70, redLine: 60 })
    await make(`kpis/${id}/targets`, { effectiveFrom: '2026-05-01', target: 90, redLine: 85 })
    const { points, ...how } = await read(`kpis/${id}/forecast?horizon=5&level=0.9`)
    expect(how).toEqual({ kpiId: id, grain: 'month', method: 'auto_ets', seasonLength: null, periods: 25, level: 0.9 })
    expect(points.map(({ period, target, status }: any) => [period, target, status])).toEqual([
      ['2026-02', 70, 'green'],
      ['2026-03', 70, 'green'],
      ['2026-04', 70, 'green'],
      ['2026-05', 90, 'red'],
      ['2026-06', 90, 'red'],
    ])
    expect(Math.abs(points[0].value - 75.2)).toBeLessThan(1)
    expect(points[0]).toMatchObject({ start: '2026-02-01', end: '2026-02-28' })
    const { body } = await call.graphql(
      `{ kpiForecast(id: "${id}", horizon: 5, level: 0.9) { method points { period value lower upper status } } }`,
    )
    expect(body.data.kpiForecast.points).toEqual(
      points.map(({ period, value, lower, upper, status }: any) => ({ period, value, lower, upper, status })),
    )
  })

  test.each([
    ['too little', [1, 2, 3], '', 422, 'not_enough_history'],
    ['quarters of it are too few', rising, '?grain=quarter', 422, 'not_enough_history'],
    ['an endless look ahead', rising, '?horizon=1000000', 422, 'invalid_input'],
  ])('refuses %s', async (name, values, query, status, code) => {
    const { id } = await kpiWith(name, values)
    expect((await call('GET', `/v1/kpis/${id}/forecast${query}`)).body).toMatchObject({ status, code })
  })

  test('an irregular KPI is asked for its grain', async () => {
    const { id } = await kpiWith('irregular', rising, { frequency: 'irregular', aggregation: 'average' })
    const { body } = await call('GET', `/v1/kpis/${id}/forecast`)
    expect(body).toMatchObject({ status: 422, errors: [{ pointer: '/grain' }] })
    expect((await read(`kpis/${id}/forecast?grain=month`)).periods).toBe(25)
  })
})

test('anomalies: the odd month by its name; too little history is refused', async () => {
  const { id } = await kpiWith('odd', rising.with(13, 90))
  const found = await read(`kpis/${id}/anomalies`)
  expect(found).toMatchObject({ method: 'local_theil_sen_mad', grain: 'month', periods: 25, threshold: 3.5 })
  expect(found.items).toHaveLength(1)
  expect(found.items[0]).toMatchObject({ period: '2025-02', start: '2025-02-01', value: 90 })
  const short = await kpiWith('short', [1, 2, 3])
  const { body } = await call('GET', `/v1/kpis/${short.id}/anomalies`)
  expect(body).toMatchObject({ code: 'not_enough_history', detail: expect.stringContaining('12') })
})

test('drivers: how far they move with it, at the lag asked for; deleted ones are left out', async () => {
  const cause = await kpiWith(
    'cause',
    rising.map((_value, at) => (at * 13) % 11),
  )
  const still = await kpiWith(
    'still',
    rising.map(() => 4),
  )
  const gone = await kpiWith('gone', rising)
  const driverIds = [cause.id, still.id, gone.id]
  const { id } = await kpiWith('effect', [null, null, ...rising.slice(2).map((_value, at) => (at * 13) % 11)], {
    driverIds,
  })
  await call('PATCH', `/v1/kpis/${id}`, { driverIds: [cause.id, still.id] })
  const late = await read(`kpis/${id}/drivers?lag=2`)
  const byCode = new Map<string, any>(late.items.map((item: any) => [item.code, item]))
  expect(byCode.get('cause')).toMatchObject({ kpiId: cause.id, correlation: 1, reason: null, pairs: 23 })
  expect(byCode.get('still')).toMatchObject({ correlation: null, reason: 'constant' })
  expect(late.items).toHaveLength(2)
  const now = await read(`kpis/${id}/drivers`)
  expect(Math.abs(now.items.find(({ code }: any) => code === 'cause').correlation)).toBeLessThan(0.9)
})
