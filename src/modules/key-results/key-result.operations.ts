import { reads } from '../../api/reads.ts'
import { writes } from '../../api/writes.ts'
import { keyResult } from './key-result.resource.ts'
import { keyResultWrites } from './key-result.writes.ts'

export const keyResultOperations = [...reads(keyResult), ...writes(keyResultWrites)]
