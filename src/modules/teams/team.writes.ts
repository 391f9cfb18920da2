import { inputProblem } from '../../api/problem.ts'
import type { Creatable } from '../../api/writes.ts'
import { dependentsOf } from '../directory/directory.queries.ts'
import { keepsPeople } from '../directory/directory.rules.ts'
import { team, teamInputs } from './team.resource.ts'
import type { teams } from './team.table.ts'

/** How teams are written, here and by identity providers. */
export const teamWrites: Creatable<typeof teams.$inferSelect> = {
  resource: team,
  create: { input: teamInputs.create, allow: keepsPeople },
  update: { input: teamInputs.update, allow: keepsPeople },
  delete: {
    allow: keepsPeople,
    dependents: (ctx, ids) =>
      dependentsOf(ctx, ids, [
        'team_memberships.team_id',
        'objectives.owner_team_id',
        'retrospectives.team_id',
        'kpis.owner_team_id',
        'kpis.team_id',
        'scorecards.owner_team_id',
      ]),
  },
  judge: (_ctx, { after }) => {
    if (after.startsOn && after.endsOn && after.endsOn < after.startsOn) {
      throw inputProblem('invalid_input', '/endsOn', 'the last day is before the first')
    }
  },
}
