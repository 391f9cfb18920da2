import { inputProblem } from '../../api/problem.ts'
import { daysInOrder } from '../goals/goal.states.ts'
import type { keyResults } from './key-result.table.ts'

type KeyResult = typeof keyResults.$inferSelect

const refuse = (pointer: string, message: string): never => {
  throw inputProblem('invalid_input', pointer, message)
}

/** Rules across the members of a key result, by its kind: docs/scoring.md sections 1 and 2. Throws 422. */
export const judgeDefinition = (keyResult: KeyResult): void => {
  if (!daysInOrder(keyResult.startsOn, keyResult.dueOn)) refuse('/dueOn', 'the last day is before the first')
  if (keyResult.role === 'guardrail' && keyResult.kind !== 'threshold')
    refuse('/role', 'a guardrail is of the kind threshold')
  judgeFollowed(keyResult)
  if (keyResult.source !== 'checkins' && !(measuredBy[keyResult.source] ?? ['metric']).includes(keyResult.kind))
    refuse('/source', `the kind ${keyResult.kind} is measured by check-ins`)
  judges[keyResult.kind](keyResult)
}

/** What a KPI can measure: a number that shall move, or stay within bounds. */
const measuredBy: Partial<Record<KeyResult['source'], readonly KeyResult['kind'][]>> = { kpi: ['metric', 'threshold'] }

const judgeFollowed = ({ source, kpiId, kpiWindow }: KeyResult): void => {
  if (source === 'kpi' && kpiId === null) refuse('/kpiId', 'say which KPI it follows')
  if (source === 'kpi' && kpiWindow === null) refuse('/kpiWindow', 'latest or cycle')
  if (source !== 'kpi' && kpiId !== null) refuse('/kpiId', `belongs to the source kpi, not ${source}`)
  if (source !== 'kpi' && kpiWindow !== null) refuse('/kpiWindow', `belongs to the source kpi, not ${source}`)
}

const metric = ({ source, baseline, target, waypoints }: KeyResult): void => {
  if (source === 'aligned' || source === 'initiatives') {
    if (baseline !== null || target !== null || waypoints !== null)
      refuse('/source', `measured by its source, ${source}: no baseline, target or waypoints`)
    return
  }
  if (baseline === null) refuse('/baseline', 'a metric needs a baseline')
  if (target === null) refuse('/target', 'a metric needs a target')
  const [from, to] = [baseline as number, target as number]
  if (Math.abs(to - from) < 1e-9)
    throw inputProblem('baseline_equals_target', '/target', 'baseline and target are the same, so nothing can move')
  let before = { date: '', value: from }
  for (const [at, waypoint] of (waypoints ?? []).entries()) {
    if (waypoint.date <= before.date) refuse(`/waypoints/${at}/date`, 'waypoints run forward in time')
    const onward =
      to > from
        ? waypoint.value >= before.value && waypoint.value <= to
        : waypoint.value <= before.value && waypoint.value >= to
    if (!onward) refuse(`/waypoints/${at}/value`, 'waypoints run monotonically from baseline to target')
    before = waypoint
  }
}

const threshold = ({ min, max, mode, period }: KeyResult): void => {
  if (min === null && max === null) refuse('/min', 'a threshold needs min, max or both')
  if (min !== null && max !== null && min > max) refuse('/max', 'max is below min')
  if (mode === 'latest' && period !== null) refuse('/period', 'periods belong to the modes adherence and accrual')
}

const milestone = ({ steps }: KeyResult): void => {
  if (!steps || steps.length === 0) refuse('/steps', 'a milestone needs at least one step')
  if (!steps?.some(({ weight }) => weight > 0)) refuse('/steps', 'the weights of the steps sum to 0')
}

const ordinal = ({ zones }: KeyResult): void => {
  if (!zones || zones.length === 0) refuse('/zones', 'an ordinal key result needs zones')
  if (new Set(zones?.map(({ name }) => name)).size !== zones?.length) refuse('/zones', 'two zones have the same name')
  if (zones?.some(({ value }, at) => at > 0 && value < (zones[at - 1]?.value ?? 0)))
    refuse('/zones', 'zones run from the lowest to the highest')
}

const judges: Record<KeyResult['kind'], (keyResult: KeyResult) => void> = {
  metric,
  threshold,
  milestone,
  ordinal,
  baseline: () => {},
}
