import { reads } from '../../api/reads.ts'
import { writes } from '../../api/writes.ts'
import { nested } from '../goals/goal.nested.ts'
import { kpi } from '../kpis/kpi.resource.ts'
import { kpiTarget } from './kpi-target.resource.ts'
import { kpiTargetWrites } from './kpi-target.writes.ts'

export const kpiTargetOperations = nested([...reads(kpiTarget), ...writes(kpiTargetWrites)], {
  resource: kpiTarget,
  parent: kpi,
  key: 'kpiId',
  path: 'targets',
  list: 'targetsOfKpi',
})
