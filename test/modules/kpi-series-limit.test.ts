import { expect, it, vi } from 'vitest'
import { dense } from '../../src/modules/kpis/kpi.period-points.ts'
import { createWorld } from '../support/app.ts'
import { goalsOf } from '../support/goals.ts'

vi.mock(import('../../src/modules/kpis/kpi.period-points.ts'), async (load) => {
  const actual = await load()
  return { ...actual, dense: vi.fn(actual.dense) }
})

const { call } = await createWorld({ at: '2026-11-20T12:00:00Z' })

it('refuses a series of too many points before any of them is made', async () => {
  const { make } = goalsOf(call)
  const { id, code } = await make('kpis', { code: 'DAILY', name: 'Daily', aggregation: 'sum', frequency: 'day' })
  const items = Array.from({ length: 11 }, (_, at) => ({
    kpiCode: code,
    period: '2026-11-02',
    value: at,
    dimensions: { region: `R${at}` },
  }))
  expect((await call('POST', '/v1/measurements/batch', { items })).status).toBe(200)
  const made = vi.mocked(dense)
  made.mockClear()
  const ask = (from: string) => call('GET', `/v1/kpis/${id}/series?from=${from}&to=2026-11-19&groupBy=region`)
  const { status, body } = await ask('2021-11-19')
  expect([status, body.errors?.[0].pointer]).toEqual([422, '/groupBy'])
  expect(made).not.toHaveBeenCalled()
  const fewer = await ask('2026-11-01')
  expect([fewer.status, fewer.body.series.length]).toEqual([200, 11])
})
