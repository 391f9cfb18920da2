import { reads } from '../../api/reads.ts'
import { writes } from '../../api/writes.ts'
import { team } from './team.resource.ts'
import { teamWrites } from './team.writes.ts'

export const teamOperations = [...reads(team), ...writes(teamWrites)]
