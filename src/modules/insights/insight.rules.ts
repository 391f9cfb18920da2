import { keyResultRules } from './insight.key-result-rules.ts'
import { kpiRules } from './insight.kpi-rules.ts'
import { objectiveRules } from './insight.objective-rules.ts'
import { ownerRules } from './insight.owner-rules.ts'
import { type InsightRule, severities } from './insight.rule.ts'

/** All rules, the most severe first: the order in which insights are listed. */
export const rules: readonly InsightRule[] = severities.flatMap((severity) =>
  [...kpiRules, ...objectiveRules, ...keyResultRules, ...ownerRules].filter((rule) => rule.severity === severity),
)
