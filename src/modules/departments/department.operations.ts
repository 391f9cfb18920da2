import { z } from 'zod'
import { reads } from '../../api/reads.ts'
import { writes } from '../../api/writes.ts'
import { hasRole } from '../../auth/rules.ts'
import { dependentsOf, requireTree } from '../directory/directory.queries.ts'
import { department, departmentSchema } from './department.resource.ts'
import type { departments } from './department.table.ts'

const { externalId, name, code, parentId, leadId } = departmentSchema.shape

const keepsPeople = hasRole('admin', 'hr', 'integration')

export const departmentOperations = [
  ...reads(department),
  ...writes<typeof departments.$inferSelect>({
    resource: department,
    create: {
      input: z.strictObject({
        externalId: externalId.default(null),
        name,
        code: code.default(null),
        parentId: parentId.default(null),
        leadId: leadId.default(null),
      }),
      allow: keepsPeople,
    },
    update: { input: z.strictObject({ externalId, name, code, parentId, leadId }).partial(), allow: keepsPeople },
    delete: {
      allow: keepsPeople,
      dependents: (ctx, ids) =>
        dependentsOf(ctx, ids, ['departments.parent_id', 'users.department_id', 'objectives.owner_department_id']),
    },
    settle: (ctx, changes) =>
      requireTree(
        ctx,
        'departments',
        'parent_id',
        changes.map(({ after }) => after.id),
      ),
  }),
]
