import { reads } from '../../api/reads.ts'
import { writes } from '../../api/writes.ts'
import { kpi } from './kpi.resource.ts'
import { kpiWrites } from './kpi.writes.ts'

export const kpiOperations = [...reads(kpi), ...writes(kpiWrites)]
