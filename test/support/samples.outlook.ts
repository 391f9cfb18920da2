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
