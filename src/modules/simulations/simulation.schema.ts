import { z } from 'zod'
import { id, quantity, ratio, weight } from '../../api/fields.ts'
import { alignmentInputs } from '../alignments/alignment.resource.ts'
import { stepReading } from '../check-ins/check-in.resource.ts'
import { goalState, health } from '../goals/goal.fields.ts'
import { createKeyResultInput } from '../key-results/key-result.input.ts'

const state = goalState.exclude(['closed', 'draft']).meta({ id: 'SimulatedState' })

const change = z
  .strictObject({
    keyResultId: id,
    value: quantity.meta({ description: 'A reading of the key result, as of now.' }),
    zone: z.string().max(50),
    step: stepReading,
    baseline: quantity,
    target: quantity,
    weight,
    objectiveId: id,
    state: state.meta({ description: 'Of the key result, or of the objective.' }),
    createAlignment: alignmentInputs.create,
    deleteAlignment: id,
    createKeyResult: createKeyResultInput,
  })
  .partial()
  .meta({
    id: 'SimulatedChange',
    description:
      'One change: of a key result (`keyResultId`), of an objective (`objectiveId`), or an alignment or key result made or removed.',
  })

export const simulationInput = z
  .strictObject({ changes: z.array(change).min(1).max(100) })
  .meta({ id: 'SimulationInput' })

const numbers = z
  .strictObject({
    attainment: z.number().nullable(),
    progress: ratio.nullable(),
    coverage: ratio.nullable(),
    confidence: ratio.nullable(),
    health,
  })
  .meta({ id: 'SimulatedNumbers' })

const affected = z
  .strictObject({
    type: z.enum(['objective', 'key_result']).meta({ id: 'SimulatedType' }),
    id,
    before: numbers.nullable().meta({ description: 'Null for what the simulation makes.' }),
    after: numbers,
  })
  .meta({ id: 'AffectedGoal' })

export const simulation = z
  .strictObject({
    affected: z.array(affected),
    hidden: z
      .strictObject({ count: z.int() })
      .meta({ id: 'HiddenCount', description: 'Goals that would change and the caller may not see.' }),
  })
  .meta({ id: 'Simulation', description: 'What would follow; nothing was stored.' })

export type SimulatedChange = z.output<typeof change>
export type Numbers = z.output<typeof numbers>
