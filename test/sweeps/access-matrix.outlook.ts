import { roles } from '../../src/auth/actor.ts'
import type { Row } from './access-matrix.ts'

const row = (may: Row['may']): Row => ({ may, otherwise: 'forbidden' })
const everybody = row(roles)
/** Rules are kept by managers together: what they tell of is seen by those who see its subject. */
const managers = row(['admin', 'integration', 'manager'])

/** What looks at KPIs and goals from aside: forecasts, insights, charts, alerts. */
export const outlookMatrix: Record<string, Row> = {
  kpiForecast: everybody,
  kpiAnomalies: everybody,
  kpiDrivers: everybody,
  kpiChart: everybody,
  scorecardChart: everybody,
  objectiveTreeChart: everybody,
  insights: everybody,
  alertRule: everybody,
  alertRules: everybody,
  alert: everybody,
  alerts: everybody,
  createAlertRule: managers,
  updateAlertRule: managers,
  deleteAlertRule: managers,
  restoreAlertRule: managers,
  upsertAlertRuleByExternalId: managers,
  batchAlertRule: managers,
}
