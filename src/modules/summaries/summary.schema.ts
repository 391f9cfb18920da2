import { z } from 'zod'
import { id, name, ratio } from '../../api/fields.ts'
import { hiddenSchema } from '../explanation/explanation.schema.ts'

/** How many objectives are in which health today. */
const counts = z
  .strictObject({
    on_track: z.int(),
    at_risk: z.int(),
    off_track: z.int(),
    achieved: z.int(),
    stale: z.int(),
    closed: z.int(),
    not_started: z.int(),
    no_data: z.int(),
  })
  .meta({ id: 'HealthCounts' })

const total = {
  objectives: z.int().meta({ description: 'Each once, however many goals it feeds; without those hidden.' }),
  progress: ratio.nullable().meta({ description: 'Mean of the progress of the objectives that have one.' }),
  coverage: ratio.nullable(),
  health: counts,
  hidden: hiddenSchema,
}

const group = z.strictObject({ id: id.nullable(), name: name.nullable(), ...total }).meta({
  id: 'SummaryGroup',
  description: 'The objectives of one pillar, department or team; null for those of none.',
})

export const summary = z
  .strictObject({
    cycleId: id,
    ...total,
    byPillar: z.array(group),
    byDepartment: z.array(group).meta({ description: 'Objectives a department owns.' }),
    byTeam: z.array(group).meta({ description: 'Objectives a team owns. People are not compared.' }),
    scoringVersion: z.int(),
  })
  .meta({ id: 'CycleSummary', description: 'A cycle at a glance.' })

export type Summary = z.output<typeof summary>
export type HealthCounts = z.output<typeof counts>
