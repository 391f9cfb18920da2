import { z } from 'zod'
import { id } from '../../api/fields.ts'
import { type Resource, resource } from '../../api/resource.ts'
import { organizations } from '../organization/organization.table.ts'
import { severities, subjectTypes } from './insight.rule.ts'
import { rules } from './insight.rules.ts'

export const insightRuleName = z
  .enum(rules.map(({ rule }) => rule) as [string, ...string[]])
  .meta({ id: 'InsightRule', description: 'Which rule of good practice speaks.' })
export const insightSeverity = z.enum(severities).meta({ id: 'InsightSeverity' })
export const insightSubjectType = z.enum(subjectTypes).meta({ id: 'InsightSubjectType' })

const fix = z
  .strictObject({
    method: z.enum(['POST', 'PATCH']).meta({ id: 'FixMethod' }),
    path: z.string(),
    body: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'InsightFix', description: 'A call that mends it, ready to send; values are proposals.' })

const insightSchema = z
  .strictObject({
    rule: insightRuleName,
    severity: insightSeverity,
    subject: z.strictObject({ type: insightSubjectType, id }).meta({ id: 'InsightSubject' }),
    cycleId: id.nullable().meta({ description: 'The cycle of its goal.' }),
    because: z.string().meta({ description: 'In words.' }),
    evidence: z.record(z.string(), z.unknown()).meta({ description: 'What the rule saw.' }),
    fix: fix.nullable(),
  })
  .meta({ id: 'Insight', description: 'Something in goals and KPIs that good practice would have otherwise.' })

export type Insight = z.output<typeof insightSchema>

export const insightPage = z
  .strictObject({ items: z.array(insightSchema), nextCursor: z.string().nullable() })
  .meta({ id: 'InsightPage' })

/** Names the type on the GraphQL side; insights are found when they are asked for, and stored nowhere. */
export const insight: Resource = resource({
  name: 'Insight',
  path: 'insights',
  type: 'insight',
  schema: insightSchema,
  table: organizations,
  scopes: { read: 'okr:read', write: 'okr:write' },
  visible: () => undefined,
})
