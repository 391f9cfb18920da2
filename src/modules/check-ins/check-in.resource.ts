import { z } from 'zod'
import { base, id, instant, quantity, ratio, text } from '../../api/fields.ts'
import { type Resource, resource } from '../../api/resource.ts'
import { reportedHealth } from '../goals/goal.fields.ts'
import { visibleThroughKeyResult } from '../goals/goal.visibility.ts'
import { keyResult } from '../key-results/key-result.resource.ts'
import { checkIns } from './check-in.table.ts'

export const stepReading = z
  .strictObject({ id, done: z.boolean() })
  .meta({ id: 'StepReading', description: 'A step of a milestone, done or not.' })

export const checkInSchema = z
  .strictObject({
    ...base,
    keyResultId: id,
    value: quantity.nullable(),
    zone: z.string().max(50).nullable(),
    step: stepReading.nullable(),
    confidence: ratio.nullable().meta({ description: 'How sure its author is that the target will be reached.' }),
    reportedHealth: reportedHealth.nullable(),
    note: text.nullable(),
    effectiveAt: instant.meta({ description: 'When it was true.' }),
    recordedAt: instant.meta({ description: 'When we learnt it.' }),
    authorId: id,
    supersedesId: id.nullable(),
    voided: z.boolean(),
    carried: z.boolean().meta({ description: 'The last value of an earlier cycle, with which this one opened.' }),
  })
  .meta({ id: 'CheckIn', description: 'A reading of a key result at a moment; never changed, only superseded.' })

const numbers = { value: quantity, confidence: ratio }

export const checkIn: Resource<typeof checkIns> = resource({
  name: 'CheckIn',
  path: 'check-ins',
  type: 'check_in',
  schema: checkInSchema,
  table: checkIns,
  scopes: { read: 'okr:read', write: 'okr:write' },
  visible: (sight) => visibleThroughKeyResult(sight, 'check_ins.key_result_id'),
  events: {
    created: { summary: 'Somebody checked in on a KeyResult', changes: numbers },
    corrected: { summary: 'A newer CheckIn took the place of another', changes: numbers },
    voided: { summary: 'One CheckIn was taken back' },
  },
  derived: {
    step: {
      needs: ['stepId', 'stepDone'],
      of: ({ stepId, stepDone }) => (stepId ? { id: stepId, done: stepDone } : null),
    },
  },
  filters: ['externalId', 'keyResultId', 'authorId', 'reportedHealth', 'voided'],
  sorts: ['effectiveAt', 'recordedAt'],
  search: ['note'],
  belongsTo: { keyResult: { key: 'keyResultId', to: () => keyResult, inverse: 'checkIns' } },
})
