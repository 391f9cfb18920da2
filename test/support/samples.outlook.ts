import type { Caller } from './app.ts'

/** Looking ahead and aside takes a history: so many months of it. */
const history = (setup: Caller, kpiId: string) =>
  setup('POST', '/v1/measurements/batch', {
    items: Array.from({ length: 14 }, (_each, at) => ({
      kpiId,
      period: new Date(Date.UTC(2025, at, 1)).toISOString().slice(0, 7),
      value: 50 + at + ((at * 7) % 5),
    })),
  })

export const outlookPreparations: Record<string, (setup: Caller, id: string) => Promise<unknown>> = {
  kpiForecast: history,
  kpiAnomalies: history,
  kpiChart: history,
}

type Members = Record<string, unknown>
type Make = (name: 'Kpi' | 'AlertRule' | 'Objective', given?: Members) => Promise<Members>

/** Rows nobody creates: what has to happen for one to come about. */
export const comeAbout: Record<string, (call: Caller, make: Make) => Promise<Members>> = {
  Alert: async (call, make) => {
    const { id } = await make('Kpi')
    await call('POST', `/v1/kpis/${String(id)}/measurements`, { period: '2026-05', value: 5 })
    await make('AlertRule', { kind: 'kpi_threshold', kpiId: id, above: 1 })
    const { body } = await call('GET', `/v1/alerts?subjectId=${String(id)}`)
    return body.items[0]
  },
  Insight: async (call, make) => {
    const { id } = await make('Objective')
    const { body } = await call('GET', `/v1/insights?subjectId=${String(id)}`)
    return body.items[0]
  },
}
