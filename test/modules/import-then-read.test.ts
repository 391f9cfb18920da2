import { expect, test } from 'vitest'
import { createWorld } from '../support/app.ts'

const { call } = await createWorld({ at: '2026-06-01T10:00:00.000Z' })

const [regions, years] = [420, 10]
const months = years * 12
/** 50,400 rows: each month of ten years in each region, all of one value. */
const file = (value: number): string => {
  const lines = Array.from({ length: regions * months }, (_, row) => {
    const [region, month] = [Math.floor(row / months), row % months]
    return `${2016 + Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')},${value},R${region}`
  })
  return `period,value,dimensions.region\n${lines.join('\n')}\n`
}

test('what was imported a moment ago is read at once, and all the while it is imported again', {
  timeout: 60_000,
}, async () => {
  const kpi = await call('POST', '/v1/kpis', { code: 'VISITS', name: 'Visits', aggregation: 'sum', rollup: 'sum' })
  const send = (value: number) =>
    call('POST', '/v1/measurements/import?kpi=VISITS', file(value), { 'content-type': 'text/csv' })
  const totals = async (): Promise<number[]> => {
    const url = `/v1/kpis/${kpi.body.id}/series?from=2016-01-01&to=2025-12-31&grain=year`
    const { status, body } = await call('GET', url)
    expect(status, JSON.stringify(body)).toBe(200)
    return body.series[0].points.map(({ value }: { value: number }) => value)
  }
  const all = (value: number): number[] => Array.from({ length: years }, () => regions * 12 * value)

  expect((await send(1)).body).toMatchObject({ created: regions * months, refused: 0 })
  expect(await totals()).toEqual(all(1))

  const second = { isOver: false }
  const again = send(2).finally(() => {
    second.isOver = true
  })
  let reads = 0
  // Nobody sees a part of it.
  while (!second.isOver) {
    reads++
    expect([all(1), all(2)]).toContainEqual(await totals())
    expect((await call('GET', `/v1/kpis/${kpi.body.id}`)).status).toBe(200)
    expect((await call('GET', `/v1/measurements?kpiId=${kpi.body.id}&sort=-periodStart`)).status).toBe(200)
  }
  expect((await again).body).toMatchObject({ created: 0, corrected: regions * months, refused: 0 })
  expect(reads).toBeGreaterThan(0)
  expect(await totals()).toEqual(all(2))
})
