import type { Caller } from './app.ts'

/** What a schema alone cannot say of KPIs and what belongs to them. */
export const kpiHints = {
  KpiTarget: { target: 10 },
  Measurement: { period: '2026-05', value: 5 },
}

const path = (setup: Caller, kpiId: string) => setup('POST', `/v1/kpis/${kpiId}/measurements`, kpiHints.Measurement)

/** A KPI has to be measured, and a key result reached, before the one becomes the other. */
export const kpiPreparations: Record<string, (setup: Caller, id: string) => Promise<unknown>> = {
  promoteKpi: path,
  kpiSeries: path,
  measurementHistory: path,
  graduateKeyResult: (setup, id) => setup('POST', `/v1/key-results/${id}/check-ins`, { value: 10 }),
}

let counter = 0

/** Bodies that point to rows of their own. */
export const kpiBodies: Record<string, (cycleId: () => Promise<unknown>) => Promise<Record<string, unknown>>> = {
  promoteKpi: async (cycleId) => ({ cycleId: await cycleId(), target: 90 }),
  graduateKeyResult: async () => ({ code: `Graduated ${++counter}` }),
  applyKpiTemplate: async () => ({ code: `Made ${++counter}` }),
}
