import { z } from 'zod'
import { reads } from '../../api/reads.ts'
import { writes } from '../../api/writes.ts'
import { hasRole } from '../../auth/rules.ts'
import { dependentsOf, requireTree } from '../directory/directory.queries.ts'
import { pillar, pillarSchema } from './pillar.resource.ts'
import type { pillars } from './pillar.table.ts'

const { externalId, title, narrative, startsOn, endsOn, parentId } = pillarSchema.shape

const keepsStrategy = hasRole('admin', 'integration')

export const pillarOperations = [
  ...reads(pillar),
  ...writes<typeof pillars.$inferSelect>({
    resource: pillar,
    create: {
      input: z.strictObject({
        externalId: externalId.default(null),
        title,
        narrative: narrative.default(null),
        startsOn: startsOn.default(null),
        endsOn: endsOn.default(null),
        parentId: parentId.default(null),
      }),
      allow: keepsStrategy,
    },
    update: {
      input: z.strictObject({ externalId, title, narrative, startsOn, endsOn, parentId }).partial(),
      allow: keepsStrategy,
    },
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
