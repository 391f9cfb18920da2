import { okrTemplates } from '../okr-templates/okr-template.built-in.ts'
import { type InsightPolicy, standardInsightPolicy } from '../organization/organization.policy.ts'

/** What the organization decided, completed by the standard, as the placeholders of the rules. */
export const policyValues = (decided: Partial<InsightPolicy>) => ({
  ...standardInsightPolicy,
  ...Object.fromEntries(Object.entries(decided).filter(([, value]) => value !== null)),
  builtInGuardrails,
})

/** The guardrail each built-in template names. */
const builtInGuardrails = JSON.stringify(
  okrTemplates.flatMap(({ id, keyResults }) =>
    keyResults.filter(({ role }) => role === 'guardrail').map((keyResult) => ({ id, keyResult })),
  ),
)
