import { reads } from '../../api/reads.ts'
import { writes } from '../../api/writes.ts'
import { hasRole } from '../../auth/rules.ts'
import { dependentsOf, requireTree } from '../directory/directory.queries.ts'
import { pillar, pillarInputs } from './pillar.resource.ts'
import type { pillars } from './pillar.table.ts'

const keepsStrategy = hasRole('admin', 'integration')

export const pillarOperations = [
  ...reads(pillar),
  ...writes<typeof pillars.$inferSelect>({
    resource: pillar,
    create: { input: pillarInputs.create, allow: keepsStrategy },
    update: { input: pillarInputs.update, allow: keepsStrategy },
    delete: {
      allow: keepsStrategy,
      dependents: (ctx, ids) => dependentsOf(ctx, ids, ['pillars.parent_id', 'objectives.pillar_id']),
    },
    settle: (ctx, changes) =>
      requireTree(
        ctx,
        'pillars',
        'parent_id',
        changes.map(({ after }) => after.id),
      ),
  }),
]
