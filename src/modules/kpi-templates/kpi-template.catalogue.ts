import { business } from './kpi-template.business.ts'
import type { BuiltInKpi } from './kpi-template.kind.ts'
import { market } from './kpi-template.market.ts'
import { people } from './kpi-template.people.ts'

export type { BuiltInKpi } from './kpi-template.kind.ts'

/**
 * The KPIs the practice literature names, by area. Area and name are unique, and what their ids may follow from: the
 * order may change.
 */
export const kpiCatalogue: readonly BuiltInKpi[] = [...people, ...market, ...business]
