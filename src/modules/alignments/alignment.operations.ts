import { reads } from '../../api/reads.ts'
import { writes } from '../../api/writes.ts'
import { alignment } from './alignment.resource.ts'
import { alignmentWrites } from './alignment.writes.ts'

export const alignmentOperations = [...reads(alignment), ...writes(alignmentWrites)]
