import type { Context } from '../../api/operation.ts'
import { inputProblem, Problem } from '../../api/problem.ts'
import { query } from '../../db/statement.ts'
import { type KpiThresholds, thresholdFault } from '../../scoring/index.ts'

const members = {
  target: 'target',
  redLine: 'redLine',
  upperTarget: 'upperTarget',
  upperRedLine: 'upperRedLine',
} as const
type Lines = Record<keyof typeof members, number | null>

/** A red line lies strictly on the bad side of its target (docs/scoring.md section 7). 422 `red_line_beyond_target` */
export const judgeLines = (direction: KpiThresholds['direction'], lines: Lines): void => {
  const fault = thresholdFault({ ...lines, direction })
  if (fault === null) return
  throw inputProblem(fault.isOrder ? 'red_line_beyond_target' : 'invalid_input', `/${fault.member}`, fault.message)
}

/** The same for all targets of a KPI whose direction turns. */
export const judgeTargets = async (
  { actor, db }: Context,
  { id, direction }: { id: string; direction: KpiThresholds['direction'] },
): Promise<void> => {
  const rows = await query<Lines & { effectiveFrom: string }>(
    db,
    'kpi_targets_of',
    `select effective_from as "effectiveFrom", target, red_line as "redLine", upper_target as "upperTarget", upper_red_line as "upperRedLine"
     from kpi_targets where tenant_id = $1 and kpi_id = $2 and deleted_at is null order by effective_from`,
    [actor.tenantId, id],
  )
  for (const { effectiveFrom, ...lines } of rows) {
    const fault = thresholdFault({ ...lines, direction })
    if (fault)
      throw new Problem('red_line_beyond_target', `Against its target of ${effectiveFrom}: ${fault.message}`, {
        errors: [{ pointer: '/direction', code: 'red_line_beyond_target', message: fault.message }],
      })
  }
}
