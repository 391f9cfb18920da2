import type { Creatable } from '../../api/writes.ts'
import { dependentsOf, requireTree } from '../directory/directory.queries.ts'
import { keepsPeople } from '../directory/directory.rules.ts'
import { department, departmentInputs } from './department.resource.ts'
import type { departments } from './department.table.ts'

/** How departments are written, here and by identity providers. */
export const departmentWrites: Creatable<typeof departments.$inferSelect> = {
  resource: department,
  create: { input: departmentInputs.create, allow: keepsPeople },
  update: { input: departmentInputs.update, allow: keepsPeople },
  delete: {
    allow: keepsPeople,
    dependents: (ctx, ids) =>
      dependentsOf(ctx, ids, [
        'departments.parent_id',
        'users.department_id',
        'objectives.owner_department_id',
        'kpis.owner_department_id',
        'kpis.department_id',
        'scorecards.owner_department_id',
      ]),
  },
  settle: (ctx, changes) =>
    requireTree(
      ctx,
      'departments',
      'parent_id',
      changes.map(({ after }) => after.id),
    ),
}
