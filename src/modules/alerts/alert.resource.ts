import { z } from 'zod'
import { base, id, instant } from '../../api/fields.ts'
import { type Resource, resource } from '../../api/resource.ts'
import { alertRule, visibleThroughNamed } from '../alert-rules/alert-rule.resource.ts'
import { keyResult } from '../key-results/key-result.resource.ts'
import { kpi } from '../kpis/kpi.resource.ts'
import { objective } from '../objectives/objective.resource.ts'
import { alertStates, alertSubjects, alerts } from './alert.table.ts'

const alertSchema = z
  .strictObject({
    ...base,
    ruleId: id,
    subjectType: z.enum(alertSubjects).meta({ id: 'AlertSubjectType' }),
    subjectId: id,
    state: z.enum(alertStates).meta({ id: 'AlertState' }),
    because: z.string().meta({ description: 'In words.' }),
    evidence: z.record(z.string(), z.unknown()).meta({ description: 'What the rule saw when it was raised.' }),
    raisedAt: instant,
    resolvedAt: instant.nullable(),
  })
  .meta({ id: 'Alert', description: 'One episode in which a rule holds for its subject.' })

export const alert: Resource<typeof alerts> = resource({
  name: 'Alert',
  path: 'alerts',
  type: 'alert',
  schema: alertSchema,
  events: {
    raised: { summary: 'What an AlertRule watches for has begun' },
    resolved: { summary: 'What one Alert told of has ended' },
  },
  table: alerts,
  scopes: { read: 'kpi:read', write: 'kpi:write' },
  visible: (sight) => visibleThroughNamed(sight, 'alerts'),
  filters: ['ruleId', 'subjectType', 'subjectId', 'state'],
  sorts: ['raisedAt', 'resolvedAt'],
  belongsTo: { rule: { key: 'ruleId', to: () => alertRule, inverse: 'alerts' } },
  polymorphic: {
    subject: {
      type: 'subjectType',
      key: 'subjectId',
      to: () => ({ kpi, objective, key_result: keyResult }),
      inverse: 'alerts',
    },
  },
})
