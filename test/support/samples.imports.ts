import type { Caller } from './app.ts'

let counter = 0

/** Uploads: text that is of a KPI made for it. */
export const importBodies: Record<string, (setup: Caller) => Promise<string>> = {
  importMeasurements: async (setup) => {
    const code = `Imported ${++counter}`
    await setup('POST', '/v1/kpis', { code, name: code })
    return `kpiCode,period,value\n${code},2026-05,5\n`
  },
}
