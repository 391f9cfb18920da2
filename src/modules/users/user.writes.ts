import type { Context } from '../../api/operation.ts'
import { Problem } from '../../api/problem.ts'
import type { Creatable } from '../../api/writes.ts'
import type { Role } from '../../auth/actor.ts'
import { dependentsOf, requireTree } from '../directory/directory.queries.ts'
import { keepsPeople } from '../directory/directory.rules.ts'
import { user, userInputs } from './user.resource.ts'
import type { users } from './user.table.ts'

type User = typeof users.$inferSelect

/** Roles that let their holder read what others may not, or hand such roles out: given and taken by administrators only. */
const guarded: readonly Role[] = ['admin', 'hr']

const judgeRoles = (ctx: Context, before: User | null, after: User): void => {
  if (ctx.actor.roles.includes('admin')) return
  const moved = guarded.find((role) => after.roles.includes(role) !== (before?.roles.includes(role) ?? false))
  if (moved) throw new Problem('forbidden', `Only administrators give or take the role ${moved}`)
}

/** How people are written, here and by identity providers. */
export const userWrites: Creatable<User> = {
  resource: user,
  create: { input: userInputs.create, allow: keepsPeople },
  update: { input: userInputs.update, allow: keepsPeople },
  delete: {
    allow: keepsPeople,
    dependents: (ctx, ids) =>
      dependentsOf(ctx, ids, [
        'users.manager_id',
        'departments.lead_id',
        'teams.lead_id',
        'team_memberships.user_id',
        'objectives.owner_user_id',
        'key_results.owner_id',
        'initiatives.owner_id',
        'blockers.owner_id',
        'kpis.owner_user_id',
        'scorecards.owner_user_id',
        'reviews.subject_id',
        'reviews.reviewer_id',
        'feedback.from_id',
        'feedback.about_id',
      ]),
  },
  toRow: (input) => ('userName' in input ? { userNameFolded: String(input['userName']).toLowerCase() } : {}),
  judge: (ctx, { before, after }) => judgeRoles(ctx, before, after),
  settle: (ctx, changes) =>
    requireTree(
      ctx,
      'users',
      'manager_id',
      changes.map(({ after }) => after.id),
    ),
}
