import { reads } from '../../api/reads.ts'
import { writes } from '../../api/writes.ts'
import { objective } from './objective.resource.ts'
import { objectiveWrites } from './objective.writes.ts'

export const objectiveOperations = [...reads(objective), ...writes(objectiveWrites)]
