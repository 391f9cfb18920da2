import { z } from 'zod'
import { id, name, ratio } from '../../api/fields.ts'
import { goalState } from '../goals/goal.fields.ts'
import { verdict } from '../objectives/objective.resource.ts'

const reason = z.string().trim().min(1).max(2_000)
const grade = ratio.meta({
  description: '0..1, rounded to 2 decimals in the verdict; another than suggested needs a reason.',
})

const graded = {
  progress: ratio.nullable(),
  progressAsStarted: ratio
    .nullable()
    .meta({ description: 'The same readings against the definitions as of the first reading, cancelled items as 0.' }),
  suggestedGrade: ratio.nullable(),
  grade: ratio.nullable(),
  reason: reason.nullable(),
  explanationSha256: z.string().nullable().meta({ description: 'Of the frozen explanation.' }),
}

/** What closing one objective came to. */
export const closing = z
  .strictObject({
    objectiveId: id,
    title: name,
    ...graded,
    verdict: verdict.nullable(),
    keyResults: z.array(z.strictObject({ keyResultId: id, title: name, ...graded }).meta({ id: 'KeyResultClosing' })),
  })
  .meta({ id: 'ObjectiveClosing', description: 'What closing an objective came to.' })

export const closeInput = z
  .strictObject({
    grade: grade.optional(),
    reason: reason.optional(),
    keyResults: z
      .array(z.strictObject({ id, grade, reason: reason.optional() }).meta({ id: 'KeyResultGradeInput' }))
      .max(200)
      .default([]),
  })
  .meta({ id: 'CloseObjectiveInput' })

/** What closing a cycle came to: all its objectives, each once. */
export const cycleClosing = z
  .strictObject({
    cycleId: id,
    closed: z.array(closing),
    left: z
      .array(z.strictObject({ objectiveId: id, title: name, state: goalState }).meta({ id: 'ObjectiveLeft' }))
      .meta({ description: 'Closed before, or draft, cancelled or deferred: they stay what they are.' }),
    hidden: z.int().meta({ description: 'Objectives the caller may not see; they were closed all the same.' }),
  })
  .meta({ id: 'CycleClosing', description: 'A report of each objective of a closed cycle.' })

export type Closing = z.output<typeof closing>
export type CloseInput = z.output<typeof closeInput>
