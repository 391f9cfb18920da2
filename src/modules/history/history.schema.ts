import { z } from 'zod'
import { id, instant, ratio } from '../../api/fields.ts'
import { type Resource, resource } from '../../api/resource.ts'
import { health } from '../goals/goal.fields.ts'
import { scorePoints } from './score-point.table.ts'

/** One moment of a goal: as it was known then (`recordedAt`), or as it was then by all that is known now (`effectiveAt`). */
const scorePointSchema = z
  .strictObject({
    recordedAt: instant.nullable(),
    effectiveAt: instant.nullable(),
    attainment: z.number().nullable(),
    progress: ratio.nullable(),
    confidence: ratio.nullable(),
    coverage: ratio.nullable(),
    health,
    cause: z
      .strictObject({ type: z.string(), id })
      .nullable()
      .meta({ id: 'ScoreCause', description: 'What changed the number.' }),
    scoringVersion: z.int(),
  })
  .meta({ id: 'ScorePoint', description: 'The numbers of a goal at a moment.' })

export type ScorePoint = z.output<typeof scorePointSchema>

export const scorePointPage = z
  .strictObject({ items: z.array(scorePointSchema), nextCursor: z.string().nullable() })
  .meta({ id: 'ScorePointPage' })

/** Names the type on the GraphQL side; score points are read through their goal only. */
export const scorePoint: Resource = resource({
  name: 'ScorePoint',
  path: 'history',
  type: 'score_point',
  schema: scorePointSchema,
  table: scorePoints,
  scopes: { read: 'okr:read', write: 'okr:write' },
  visible: () => undefined,
})

export const clock = z
  .enum(['recorded', 'effective'])
  .default('recorded')
  .meta({ id: 'HistoryClock', description: 'What was known when, or what was true when by all that is known now.' })
