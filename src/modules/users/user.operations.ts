import { reads } from '../../api/reads.ts'
import { writes } from '../../api/writes.ts'
import { user } from './user.resource.ts'
import { userWrites } from './user.writes.ts'

export const userOperations = [...reads(user), ...writes(userWrites)]
