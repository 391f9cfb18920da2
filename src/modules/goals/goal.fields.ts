import { z } from 'zod'
import { instant, ratio } from '../../api/fields.ts'
import type { Derived, EventSpec } from '../../api/resource.ts'
import { expectedOn, healthOn, type NodeScore } from '../../scoring/index.ts'
import { reportedHealths } from '../check-ins/check-in.table.ts'
import { commitments, goalStates, progressSources } from '../objectives/objective.table.ts'

/** Members objectives and key results share, named once. */
export const progressSource = z
  .enum(progressSources)
  .meta({ id: 'ProgressSource', description: 'Which items make the progress of an objective.' })
export const commitment = z.enum(commitments).meta({
  id: 'Commitment',
  description: 'Committed goals are to be reached in full, aspirational and learning ones to 70 %.',
})
export const goalState = z.enum(goalStates).meta({ id: 'GoalState' })
export const openingState = z
  .enum(['draft', 'active'])
  .meta({ id: 'OpeningState', description: 'A draft counts nowhere until it is made active.' })
export const reportedHealth = z
  .enum(reportedHealths)
  .meta({ id: 'ReportedHealth', description: 'How it goes, said by a person.' })

const healths = [...reportedHealths, 'achieved', 'closed', 'not_started', 'no_data'] as const
const effectiveHealth = z.enum([...healths, 'stale']).meta({ id: 'EffectiveHealth' })

export const health = z
  .strictObject({
    effective: effectiveHealth,
    derived: z.enum(healths).meta({ id: 'DerivedHealth' }),
    reported: reportedHealth.nullable(),
    stale: z.boolean(),
    reasons: z.array(z.string()),
  })
  .meta({
    id: 'Health',
    description: 'On track or not: what follows from the numbers and what a person said, side by side.',
  })

/** Numbers of docs/scoring.md that every goal answers with. Ratios are 0..1, rounded to 6 decimals. */
export const scoreFields = {
  progress: ratio.nullable(),
  expectedProgress: ratio.nullable().meta({ description: 'Where progress should be today; null when not paced.' }),
  projected: ratio.nullable().meta({ description: 'Where it will be on the last day if it goes on like this.' }),
  confidence: ratio.nullable(),
  health,
  scoredAt: instant.nullable(),
  scoredOn: z.iso.date().nullable(),
  scoringVersion: z.int(),
}

/** What happens to a goal besides being written. A change of progress tells numbers rounded as they are answered. */
export const goalEvents = (noun: string): Record<string, EventSpec> => ({
  progress_changed: {
    summary: `The numbers of one ${noun} came out differently`,
    changes: {
      attainment: z.number(),
      progress: ratio,
      confidence: ratio,
      coverage: ratio,
      health: effectiveHealth,
    },
  },
  closed: { summary: `One ${noun} was closed and graded`, changes: { grade: ratio } },
  reopened: { summary: `One closed ${noun} was opened again` },
})

const unscored = {
  effective: 'no_data',
  derived: 'no_data',
  reported: null,
  stale: false,
  reasons: ['no_data'],
} as const

/** Health on a day, as the stored timeline tells it. */
export const healthToday = (score: NodeScore | null, today: string) =>
  score && score.timeline.length > 0 ? healthOn(score.timeline, today) : unscored

type Scored = { score: NodeScore | null }

/** A member that follows from the stored score and, where it moves with time, from today. */
export const ofScore = (of: (score: NodeScore | null, today: string) => unknown): Derived<Scored> => ({
  needs: ['score'],
  of: ({ score }, { today }) => of(score, today),
})

export const derivedScore = {
  expectedProgress: ofScore((score, today) => expectedOn(score?.pace ?? null, today)),
  health: ofScore(healthToday),
  scoredOn: ofScore((score) => score?.scoredOn ?? null),
}
