import { roles } from '../../src/auth/actor.ts'
import type { Row } from './access-matrix.ts'

const row = (may: Row['may']): Row => ({ may, otherwise: 'forbidden' })
const everybody = row(roles)
/** As keys: a manager or member has a line or KPIs of its own, and a key is nobody. */
const keepers = row(['admin', 'integration'])

const verbs = ['create', 'update', 'delete', 'restore', 'batch'] as const
const writes = (name: string): Record<string, Row> =>
  Object.fromEntries(
    [...verbs.map((verb) => `${verb}${name}`), `upsert${name}ByExternalId`].map((each) => [each, keepers]),
  )
const reads = (...names: string[]): Record<string, Row> => Object.fromEntries(names.map((name) => [name, everybody]))

/** KPIs, their values and targets, and the bridge between them and goals. */
export const kpiMatrix: Record<string, Row> = {
  ...reads('kpi', 'kpis', 'kpiSeries', 'kpiTree', 'kpiTarget', 'kpiTargets', 'targetsOfKpi'),
  ...reads('measurement', 'measurements', 'measurementsOfKpi', 'measurementHistory'),
  ...reads('scorecard', 'scorecards', 'kpiTemplate', 'kpiTemplates'),
  ...writes('Kpi'),
  ...writes('KpiTarget'),
  ...writes('Scorecard'),
  ...writes('KpiTemplate'),
  createMeasurement: keepers,
  batchMeasurement: keepers,
  deleteMeasurement: keepers,
  // A KPI and an objective of the organization's.
  applyKpiTemplate: keepers,
  promoteKpi: keepers,
  graduateKeyResult: keepers,
}
