import { z } from 'zod'
import { id, instant, name, ratio } from '../../api/fields.ts'
import { explanationAnswer } from '../explanation/explanation.schema.ts'
import { commitment, goalState } from '../goals/goal.fields.ts'

const objective = z
  .strictObject({
    objectiveId: id,
    cycleId: id,
    title: name,
    commitment,
    state: goalState,
    progress: ratio.nullable(),
    grade: ratio.nullable(),
    explanationSha256: z.string().nullable(),
    explanation: explanationAnswer
      .nullable()
      .meta({ description: 'How its progress came about; what the reader may not see is merged.' }),
  })
  .meta({ id: 'SnapshotObjective' })

export const goalSnapshotSchema = z
  .strictObject({
    reviewId: id,
    reviewCycleId: id,
    subjectId: id,
    takenAt: instant,
    scoringVersion: z.int(),
    sha256: z.string().meta({
      description:
        'SHA-256 over the RFC 8785 JSON of `reviewCycleId`, `subjectId`, `takenAt`, `scoringVersion` and `objectives`, these without `explanation`.',
    }),
    objectives: z.array(objective),
  })
  .meta({ id: 'GoalSnapshot', description: 'The goals of the subject as they stood for a review.' })

export const snapshotVerification = z
  .strictObject({
    reviewId: id,
    sha256: z.string(),
    valid: z.boolean(),
    checked: z
      .int()
      .meta({ description: 'Bodies whose hash was computed anew: the snapshot and every explanation below.' }),
    broken: z.array(z.string()).meta({ description: 'Hashes whose body is missing or is not what was hashed.' }),
  })
  .meta({ id: 'SnapshotVerification', description: 'Whether what was frozen is what is stored.' })
