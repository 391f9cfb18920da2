import type { z } from 'zod'
import { builtInBase, libraryOf } from '../library/library.ts'
import { catalogue } from './okr-template.catalogue.ts'
import { okrTemplate, okrTemplateSchema } from './okr-template.resource.ts'

type OkrTemplate = z.output<typeof okrTemplateSchema>

/** Their ids are the same everywhere, and come before every UUID v7. */
export const okrTemplates: readonly OkrTemplate[] = catalogue.map(
  ({ area, objective, keyResults }, at) =>
    ({
      id: `00000000-0000-8000-8000-${String(at + 1).padStart(12, '0')}`,
      ...builtInBase,
      name: objective.title,
      area,
      objective,
      keyResults,
    }) as unknown as OkrTemplate,
)

export const library = libraryOf(okrTemplate, okrTemplates)
