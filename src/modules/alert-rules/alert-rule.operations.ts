import type { Context } from '../../api/operation.ts'
import { inputProblem } from '../../api/problem.ts'
import { reads } from '../../api/reads.ts'
import { type Change, writes } from '../../api/writes.ts'
import { hasRole } from '../../auth/rules.ts'
import { evaluateAlerts } from '../alerts/alert.evaluate.ts'
import { alertRule, alertRuleInputs } from './alert-rule.resource.ts'
import type { alertRules } from './alert-rule.table.ts'

type AlertRule = typeof alertRules.$inferSelect

const subjectOf = {
  kpi_threshold: 'kpiId',
  kpi_stale: 'kpiId',
  kpi_anomaly: 'kpiId',
  objective_off_track: 'objectiveId',
  key_result_stale: 'keyResultId',
} as const

const judge = (_ctx: Context, { after }: Change<AlertRule>): void => {
  const { kind, above, below } = after
  const wrong = (['kpiId', 'objectiveId', 'keyResultId'] as const).find(
    (member) => member !== subjectOf[kind] && after[member] !== null,
  )
  if (wrong) throw inputProblem('invalid_input', `/${wrong}`, `a rule of kind ${kind} is not about this`)
  for (const line of ['above', 'below'] as const)
    if (kind !== 'kpi_threshold' && after[line] !== null)
      throw inputProblem('invalid_input', `/${line}`, `a rule of kind ${kind} has no lines`)
  if (above !== null && below !== null && above <= below)
    throw inputProblem('invalid_input', '/above', 'every value would be above or below')
}

/** Rules are kept by managers together: whoever sees the subject hears of it (decision 28). */
const keepsRules = hasRole('admin', 'integration', 'manager')

export const alertRuleOperations = [
  ...reads(alertRule),
  ...writes<AlertRule>({
    resource: alertRule,
    create: { input: alertRuleInputs.create, allow: keepsRules },
    update: { input: alertRuleInputs.update, allow: keepsRules },
    delete: { allow: keepsRules },
    judge,
    // What holds already is told at once; what a rule told of ends with it.
    settle: (ctx, changes) => evaluateAlerts(ctx, { ruleIds: changes.map(({ after }) => after.id) }),
  }),
]
