import { Problem } from '../../api/problem.ts'
import { reads } from '../../api/reads.ts'
import { writes } from '../../api/writes.ts'
import { hasRole } from '../../auth/rules.ts'
import { applyTemplate } from './okr-template.apply.ts'
import { library } from './okr-template.built-in.ts'
import { createOkrTemplateInput, judgeTemplate, okrTemplateRow, updateOkrTemplateInput } from './okr-template.input.ts'
import { okrTemplate } from './okr-template.resource.ts'
import type { okrTemplates } from './okr-template.table.ts'

/** Templates are everybody's library, in nobody's line. */
const keepsTemplates = hasRole('admin', 'integration')

export const okrTemplateOperations = [
  ...library.withBuiltIn(reads(okrTemplate)),
  ...writes<typeof okrTemplates.$inferSelect>({
    resource: okrTemplate,
    create: { input: createOkrTemplateInput, allow: keepsTemplates },
    update: { input: updateOkrTemplateInput, allow: keepsTemplates },
    delete: { allow: keepsTemplates },
    lock: async (_ctx, { ids }) => {
      if (ids.some(library.isBuiltIn))
        throw new Problem('forbidden', 'A built-in template cannot be changed; make one of your own')
    },
    toRow: okrTemplateRow,
    judge: (_ctx, { after }) => judgeTemplate(after),
  }),
  applyTemplate,
]
